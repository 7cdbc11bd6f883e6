// The guard over a plugin that tells by itself what its carrier brought.
#include "providers/emits.h"

#include <atomic>
#include <deque>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/eventually.h"
#include "unit/providers/guard_fixture.h"
#include "unit/providers/inbound_events.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::delivery_receipt;
using test::eventually;
using test::inbound_message;
using test::script;
using test::scripted_plugin;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What the plugin was told of its emits. Kept for as long as a callback may come.
struct Told {
  base::Mutex mutex;
  std::vector<std::int32_t> results HERALD_GUARDED_BY(mutex);
  std::function<void()> on_result;  // set before the first emit

  std::vector<std::int32_t> all() {
    const base::MutexLock lock(mutex);
    return results;
  }

  static void take(void* user, std::int32_t result) {
    auto& told = *static_cast<Told*>(user);
    {
      const base::MutexLock lock(told.mutex);
      told.results.push_back(result);
    }
    if (told.on_result) told.on_result();
  }
};

std::deque<Told>& all_told() {
  static auto* const all = new std::deque<Told>;
  return *all;
}

const herald_inbound& inbound_of(const herald_host& host) {
  return *static_cast<const herald_inbound*>(host.extension(host.context, as_str(HERALD_EXT_INBOUND)));
}

std::int32_t emit(Told& told, std::string_view body = "hello") {
  const auto& inbound = inbound_of(script().host);
  const auto message = inbound_message(body);
  return inbound.emit(inbound.context, &message, 1, nullptr, 0, Told::take, &told);
}

class EmitsTest : public test::GuardFixture {
 protected:
  Guard& start() { return GuardFixture::start(scripted_plugin(ThreadModel::kAsync)); }
  Told& told() { return told_; }

  // An emit without anything in it, so that asking leaves no trace.
  static bool emit_is_refused() {
    const auto& inbound = inbound_of(script().host);
    return inbound.emit(inbound.context, nullptr, 0, nullptr, 0, nullptr, nullptr) == HERALD_E_STATE;
  }

 private:
  Told& told_ = all_told().emplace_back();
};

TEST_F(EmitsTest, AreToldWhenTheyAreOnDisk) {
  inbound_.hold();
  start();
  EXPECT_EQ(emit(told()), HERALD_OK);
  ASSERT_EQ(inbound_.events().size(), 1U);
  EXPECT_EQ(inbound_.events().front().provider, "email");
  EXPECT_EQ(inbound_.events().front().request_id, "");
  EXPECT_THAT(told().all(), IsEmpty());
  inbound_.commit();
  EXPECT_TRUE(eventually([&] { return told().all().size() == 1; }));
  EXPECT_THAT(told().all(), ElementsAre(HERALD_OK));
}

TEST_F(EmitsTest, AreToldWhyTheyAreNot) {
  start();
  inbound_.answer_with(base::fail(ErrorCode::kInvalid, "from is no address"));
  EXPECT_EQ(emit(told()), HERALD_OK);
  ASSERT_TRUE(eventually([&] { return told().all().size() == 1; }));
  inbound_.answer_with(base::fail(ErrorCode::kUnavailable, "the disk refuses"));
  EXPECT_EQ(emit(told()), HERALD_OK);
  ASSERT_TRUE(eventually([&] { return told().all().size() == 2; }));
  EXPECT_THAT(told().all(), ElementsAre(HERALD_E_INVALID, HERALD_E_UNAVAILABLE));
  EXPECT_THAT(log_.of("provider.emit_refused").at(0).fields.at("error"), HasSubstr("from is no address"));
}

TEST_F(EmitsTest, MayBeOfNothingAndForNobody) {
  start();
  const auto& inbound = inbound_of(script().host);
  EXPECT_EQ(inbound.emit(inbound.context, nullptr, 0, nullptr, 0, Told::take, &told()), HERALD_OK);
  EXPECT_TRUE(eventually([&] { return told().all().size() == 1; }));
  const auto receipt = delivery_receipt();
  EXPECT_EQ(inbound.emit(inbound.context, nullptr, 0, &receipt, 1, nullptr, nullptr), HERALD_OK);
  EXPECT_EQ(inbound_.events().size(), 1U);
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
}

TEST_F(EmitsTest, AreRefusedWhenMalformed) {
  start();
  const auto& inbound = inbound_of(script().host);
  EXPECT_EQ(emit(told(), "\xFF"), HERALD_E_INVALID);
  EXPECT_EQ(inbound.emit(inbound.context, nullptr, 1, nullptr, 0, Told::take, &told()), HERALD_E_INVALID);
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
  EXPECT_THAT(told().all(), IsEmpty());
  EXPECT_TRUE(inbound_.events().empty());
}

TEST_F(EmitsTest, AreRefusedBeforeTheStartHasReturned) {
  std::vector<std::int32_t> results;
  script().on_create = [&] {
    results.push_back(emit(told()));
    return &script();
  };
  script().on_start = [&] {
    results.push_back(emit(told()));
    return HERALD_OK;
  };
  start();
  EXPECT_THAT(results, ElementsAre(HERALD_E_STATE, HERALD_E_STATE));
  EXPECT_EQ(emit(told()), HERALD_OK);
}

TEST_F(EmitsTest, AreRefusedInStopAndAfterwards) {
  start();
  std::int32_t in_stop = HERALD_OK;
  script().on_stop = [&] { in_stop = emit(told()); };
  const auto& inbound = inbound_of(script().host);
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
  guard_.reset();
  EXPECT_EQ(in_stop, HERALD_E_STATE);
  const auto message = inbound_message();
  EXPECT_EQ(inbound.emit(inbound.context, &message, 1, nullptr, 0, Told::take, &told()), HERALD_E_STATE);
  EXPECT_TRUE(inbound_.events().empty());
}

TEST_F(EmitsTest, HoldUpTheStopUntilTheirCommit) {
  inbound_.hold();
  start();
  ASSERT_EQ(emit(told()), HERALD_OK);
  script().on_stop = [this] { EXPECT_THAT(told().all(), ElementsAre(HERALD_OK)); };
  base::Worker committing("committing", [this] {
    // The stop has begun once emits are refused.
    eventually([] { return emit_is_refused(); });
    inbound_.commit();
  });
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
  EXPECT_EQ(script().stopped, 1);
}

TEST_F(EmitsTest, AreToldThatTheyMayBeLostWhenTheirCommitDoesNotCome) {
  inbound_.hold();
  start();
  ASSERT_EQ(emit(told()), HERALD_OK);
  script().on_stop = [this] { EXPECT_THAT(told().all(), ElementsAre(HERALD_E_UNAVAILABLE)); };
  EXPECT_TRUE(guard_->stop(in(milliseconds{1})));
  EXPECT_EQ(script().stopped, 1);
  guard_.reset();
  inbound_.commit();  // late: nobody is told again
  EXPECT_THAT(told().all(), ElementsAre(HERALD_E_UNAVAILABLE));
}

TEST_F(EmitsTest, MayFollowOneAnotherFromTheirAnswer) {
  start();
  std::atomic<int> more{3};
  told().on_result = [&] {
    if (--more < 0) return;
    EXPECT_EQ(emit(told()), HERALD_OK);
  };
  ASSERT_EQ(emit(told()), HERALD_OK);
  EXPECT_TRUE(eventually([&] { return told().all().size() == 4; }));
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
}

TEST_F(EmitsTest, DoNotHoldUpTheCommittingThread) {
  const auto open = std::make_shared<std::atomic<bool>>(false);
  told().on_result = [open] { eventually([&] { return open->load(); }, std::chrono::hours{24}); };
  start();
  EXPECT_EQ(emit(told()), HERALD_OK);  // the sink commits inside of this call
  EXPECT_EQ(emit(told()), HERALD_OK);
  *open = true;
  EXPECT_TRUE(eventually([&] { return told().all().size() == 2; }));
}

TEST_F(EmitsTest, LeaveAPluginBehindThatHangsInTheirAnswer) {
  const auto open = std::make_shared<std::atomic<bool>>(false);
  told().on_result = [open] { eventually([&] { return open->load(); }, std::chrono::hours{24}); };
  start();
  ASSERT_EQ(emit(told()), HERALD_OK);
  ASSERT_TRUE(eventually([&] { return told().all().size() == 1; }));
  EXPECT_FALSE(guard_->stop(in(milliseconds{1})));
  EXPECT_EQ(script().stopped, 0);
  *open = true;
}

TEST_F(EmitsTest, ContainAnExceptionOfTheirAnswer) {
  told().on_result = [] { throw 7; };
  start();
  ASSERT_EQ(emit(told()), HERALD_OK);
  EXPECT_TRUE(eventually([&] { return !log_.of("provider.exception").empty(); }));
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
}

TEST_F(EmitsTest, WaitForTheirCommitUpToABound) {
  inbound_.hold();
  start();
  for (std::size_t i = 0; i < Emits::kMaxWaiting; ++i)
    ASSERT_EQ(emit(told()), HERALD_OK);
  EXPECT_EQ(emit(told()), HERALD_E_UNAVAILABLE);
  EXPECT_EQ(inbound_.commit(), Emits::kMaxWaiting);
  EXPECT_TRUE(eventually([&] { return told().all().size() == Emits::kMaxWaiting; }));
  EXPECT_EQ(emit(told()), HERALD_OK);
}

}  // namespace
}  // namespace herald::providers
