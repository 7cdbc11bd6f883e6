// The guard over a plugin that is part of this test.
#include "providers/guard.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/eventually.h"
#include "unit/providers/guard_fixture.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::complete;
using test::eventually;
using test::item_with;
using test::script;
using test::scripted_plugin;
using testing::ElementsAre;

class GuardTest : public test::GuardFixture {
 protected:
  using test::GuardFixture::start;
  using test::GuardFixture::try_start;

  base::Result<std::unique_ptr<Guard>> try_start(ThreadModel model, std::uint32_t max_batch = 1,
                                                 std::uint32_t max_in_flight = 4, milliseconds timeout = seconds{30}) {
    return try_start(scripted_plugin(model, max_batch, max_in_flight), timeout);
  }

  Guard& start(ThreadModel model, std::uint32_t max_batch = 1, std::uint32_t max_in_flight = 4) {
    return start(scripted_plugin(model, max_batch, max_in_flight));
  }

  std::vector<domain::DispatchItem> items(std::size_t count) const {
    std::vector<domain::DispatchItem> out;
    for (std::size_t i = 1; i <= count; ++i)
      out.push_back(item_with(i, "body", in(seconds{60})));
    return out;
  }
};

TEST_F(GuardTest, ShowsThePluginEveryFieldOfAMessage) {
  auto item = item_with(1, "body", in(seconds{60}));
  item.message.attempt = 3;
  item.message.ordinal = 17;
  item.message.request_id = "req-1";
  item.message.content.subject = "";
  item.message.content.attachments = {"https://a.example/1", "https://a.example/2"};
  item.message.content.timestamp = base::from_unix_ms(123);
  const auto deadline = item.deadline.time_since_epoch().count();
  const auto id = item.message.id.text();

  script().on_submit = [&](const herald_batch& batch, const herald_completion& completion) {
    EXPECT_EQ(batch.count, 1U);
    const herald_message& message = *herald_batch_at(&batch, 0);
    EXPECT_EQ(message.struct_size, sizeof message);
    EXPECT_EQ(message.attempt, 3U);
    EXPECT_EQ(message.ordinal, 17U);
    EXPECT_EQ(message.deadline_ns, deadline);
    EXPECT_EQ(message.timestamp_unix_ms, 123);
    EXPECT_EQ(view_of(message.id), id);
    EXPECT_EQ(view_of(message.request_id), "req-1");
    EXPECT_EQ(view_of(message.channel), "email");
    EXPECT_EQ(view_of(message.from), "a@example.org");
    EXPECT_EQ(view_of(message.to), "b@example.org");
    EXPECT_NE(message.subject.data, nullptr);  // an empty subject is one
    EXPECT_EQ(message.subject.size, 0U);
    EXPECT_EQ(view_of(message.body), "body");
    EXPECT_EQ(message.attachment_count, 2U);
    EXPECT_EQ(view_of(message.attachments[1]), "https://a.example/2");
    complete(completion, message.item);
    return HERALD_OK;
  };
  start(ThreadModel::kAsync).submit({item}, sink_);
  EXPECT_TRUE(sink_.comes_to(1));
}

TEST_F(GuardTest, ShowsNoSubjectAsNull) {
  script().on_submit = [](const herald_batch& batch, const herald_completion& completion) {
    EXPECT_EQ(herald_batch_at(&batch, 0)->subject.data, nullptr);
    complete(completion, herald_batch_at(&batch, 0)->item);
    return HERALD_OK;
  };
  start(ThreadModel::kAsync).submit(items(1), sink_);
  EXPECT_TRUE(sink_.comes_to(1));
}

TEST_F(GuardTest, KeepsTheDispatchTokenOverAttempts) {
  std::vector<std::string> tokens;
  script().on_submit = [&tokens](const herald_batch& batch, const herald_completion& completion) {
    const auto& message = *herald_batch_at(&batch, 0);
    tokens.emplace_back(view_of(message.dispatch_token));
    complete(completion, message.item);
    return HERALD_OK;
  };
  auto& guard = start(ThreadModel::kAsync);
  auto again = items(1);
  again.front().ticket = 2;
  again.front().message.attempt = 2;
  guard.submit(items(1), sink_);
  guard.submit(again, sink_);
  ASSERT_TRUE(sink_.comes_to(2));
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0], tokens[1]);
  EXPECT_FALSE(tokens[0].empty());
}

TEST_F(GuardTest, SplitsWhatIsMoreThanABatch) {
  std::vector<std::uint32_t> sizes;
  script().on_submit = [&sizes](const herald_batch& batch, const herald_completion& completion) {
    sizes.push_back(batch.count);
    const std::uint32_t count = batch.count;
    for (std::uint32_t i = 0; i < count; ++i)
      complete(completion, herald_batch_at(&batch, i)->item);
    return HERALD_OK;
  };
  start(ThreadModel::kAsync, 2, 8).submit(items(5), sink_);
  ASSERT_TRUE(sink_.comes_to(5));
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

TEST_F(GuardTest, TreatsEachMessageOfAFailedSubmitAsAnError) {
  script().on_submit = [](const herald_batch&, const herald_completion&) { return HERALD_E_UNAVAILABLE; };
  start(ThreadModel::kAsync, 4, 8).submit(items(3), sink_);
  ASSERT_TRUE(sink_.comes_to(3));
  for (domain::Ticket ticket = 1; ticket <= 3; ++ticket) {
    ASSERT_EQ(sink_.of(ticket).size(), 1U);
    EXPECT_EQ(sink_.of(ticket).at(0).kind, OutcomeKind::kError);
    EXPECT_EQ(sink_.of(ticket).at(0).error_code, "submit_failed");
  }
  EXPECT_EQ(log_.of("provider.submit_failed").size(), 1U);
}

TEST_F(GuardTest, LetsNoExceptionPass) {
  script().on_submit = [](const herald_batch&, const herald_completion&) -> std::int32_t { throw 7; };
  start(ThreadModel::kAsync).submit(items(1), sink_);
  ASSERT_TRUE(sink_.comes_to(1));
  EXPECT_EQ(sink_.of(1).at(0).error_code, "submit_failed");
  EXPECT_EQ(log_.of("provider.exception").size(), 1U);
}

TEST_F(GuardTest, GivesABlockingPluginOneMessageACallOnThreadsOfItsOwn) {
  const auto test_thread = std::this_thread::get_id();
  std::atomic<int> calls{0};
  script().on_submit = [&](const herald_batch& batch, const herald_completion& completion) {
    EXPECT_EQ(batch.count, 1U);
    EXPECT_NE(std::this_thread::get_id(), test_thread);
    ++calls;
    EXPECT_TRUE(eventually([&] { return calls == 3; }));  // all are at work at once
    complete(completion, herald_batch_at(&batch, 0)->item);
    return HERALD_OK;
  };
  auto& guard = start(ThreadModel::kBlocking, 1, 3);
  EXPECT_EQ(guard.max_batch(), 3U);
  guard.submit(items(3), sink_);
  EXPECT_TRUE(eventually([&] { return sink_.count() == 3; }));
}

TEST_F(GuardTest, TellsTheLaneWhenABlockingPluginHasNoThreadFree) {
  const auto open = std::make_shared<std::atomic<bool>>(false);
  script().on_submit = [open](const herald_batch& batch, const herald_completion& completion) {
    eventually([&] { return open->load(); });
    complete(completion, herald_batch_at(&batch, 0)->item);
    return HERALD_OK;
  };
  auto& guard = start(ThreadModel::kBlocking, 1, 1);
  guard.submit({item_with(1, "body", in(seconds{60}))}, sink_);
  guard.submit({item_with(2, "body", in(seconds{60}))}, sink_);
  ASSERT_TRUE(sink_.comes_to(1));
  EXPECT_EQ(sink_.of(2).at(0).error_code, "in_flight_full");
  *open = true;
  EXPECT_TRUE(eventually([&] { return sink_.of(1).size() == 1; }));
}

TEST_F(GuardTest, DoesNotHandOverWhatIsPastItsDeadline) {
  script().on_submit = [](const herald_batch&, const herald_completion&) -> std::int32_t {
    ADD_FAILURE() << "the plugin was called";
    return HERALD_E_INTERNAL;
  };
  start(ThreadModel::kAsync).submit({item_with(1, "body", clock_.mono() - milliseconds{1})}, sink_);
  ASSERT_TRUE(sink_.comes_to(1));
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kTimeout);
  EXPECT_EQ(sink_.of(1).at(0).error_code, "deadline_passed");
}

TEST_F(GuardTest, RefusesAnInstanceThatIsNull) {
  script().on_create = [] { return nullptr; };
  const auto refused = try_start(ThreadModel::kAsync);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("create returned NULL"));
  EXPECT_EQ(script().destroyed, 0);
}

TEST_F(GuardTest, DestroysAnInstanceThatDoesNotStart) {
  script().on_start = [] { return HERALD_E_UNAVAILABLE; };
  const auto refused = try_start(ThreadModel::kAsync);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("start returned -3 (HERALD_E_UNAVAILABLE)"));
  EXPECT_EQ(script().destroyed, 1);
}

TEST_F(GuardTest, DoesNotWaitForAStartThatHangs) {
  const auto hangs = std::make_shared<std::atomic<bool>>(false);
  script().on_start = [hangs] {
    *hangs = true;
    eventually([] { return false; }, std::chrono::hours{24});
    return HERALD_OK;
  };
  const auto refused = try_start(ThreadModel::kAsync, 1, 1, milliseconds{20});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("did not return within 20 ms"));
  // On a busy machine it may have been given up before it came to that.
  EXPECT_TRUE(eventually([&] { return hangs->load() || script().destroyed == 1; }));
}

TEST_F(GuardTest, SurvivesAPluginThatCallsTheHostAfterItsEnd) {
  herald_completion kept{};
  std::uint64_t item = 0;
  std::atomic<bool> handed_over{false};
  script().on_submit = [&](const herald_batch& batch, const herald_completion& completion) {
    kept = completion;
    item = herald_batch_at(&batch, 0)->item;
    handed_over = true;
    return HERALD_OK;
  };
  start(ThreadModel::kAsync).submit(items(1), sink_);
  ASSERT_TRUE(eventually([&] { return handed_over.load(); }));
  guard_->stop(in(seconds{30}));
  guard_.reset();
  complete(kept, item);
  const auto& host = script().host;
  host.log(host.context, HERALD_LOG_ERROR, as_str("still here"));
  EXPECT_EQ(host.metric_declare(host.context, HERALD_METRIC_COUNTER, as_str("late"), as_str("")), 0U);
  EXPECT_GT(host.monotonic_ns(host.context), 0);
  EXPECT_EQ(sink_.count(), 1U);
  EXPECT_FALSE(log_.mentions("still here"));
}

}  // namespace
}  // namespace herald::providers
