// What the system refuses for now: threads and descriptors.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <fstream>

#include <gtest/gtest.h>

#include "providers/bounded_call.h"
#include "providers/folder_plan.h"
#include "providers/library.h"
#include "providers/retirement.h"
#include "support/eventually.h"
#include "support/temp_dir.h"
#include "unit/providers/guard_fixture.h"

namespace {

// How many threads the system refuses from now on.
std::atomic<int> refused_threads{0};

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Before the C library's own, for all of this test.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                              void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  if (refused_threads > 0) {
    --refused_threads;
    return EAGAIN;
  }
  return real(thread, attributes, body, argument);
}
#define THREADS_CAN_BE_REFUSED 1
#endif

namespace herald::providers {
namespace {

using std::chrono::seconds;
using test::script;
using test::scripted_plugin;

#if defined(THREADS_CAN_BE_REFUSED)
class ThreadShortage : public test::GuardFixture {
 protected:
  ~ThreadShortage() override { refused_threads = 0; }
};

TEST_F(ThreadShortage, MakesNoCallOnTheThreadThatWaits) {
  refused_threads = 1;
  bool made = false;
  EXPECT_EQ(call_within(seconds{30}, "name", [&made] { made = true; }), Called::kNotMade);
  EXPECT_FALSE(made);
  EXPECT_EQ(call_within(seconds{30}, "name", [&made] { made = true; }), Called::kReturned);
  EXPECT_TRUE(made);
}

TEST_F(ThreadShortage, IsAStartThatSaysNothingAboutThePlugin) {
  refused_threads = 1;
  const auto guard = try_start(scripted_plugin(ThreadModel::kAsync), seconds{30});
  ASSERT_FALSE(guard);
  EXPECT_EQ(guard.error().code, base::ErrorCode::kExhausted);
  EXPECT_NE(guard.error().message.find("no thread"), std::string::npos);
  EXPECT_TRUE(try_start(scripted_plugin(ThreadModel::kAsync), seconds{30}));
}

TEST_F(ThreadShortage, LeavesTheConfigurationAsItWas) {
  auto& guard = start(scripted_plugin(ThreadModel::kAsync));
  refused_threads = 1;
  const auto status = guard.configure(R"({"a":1})", patience_, seconds{30});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::ErrorCode::kExhausted);
  EXPECT_EQ(guard.config(), "{}");
  EXPECT_TRUE(guard.configure(R"({"a":1})", patience_, seconds{30}));
}

TEST_F(ThreadShortage, IsWaitedForByAStop) {
  auto& guard = start(scripted_plugin(ThreadModel::kAsync));
  refused_threads = 3;
  EXPECT_TRUE(guard.stop(in(seconds{1})));
  EXPECT_EQ(script().destroyed, 1);
}

TEST_F(ThreadShortage, HoldsUpNoChangeWhileReplacedVersionsFinishInTurn) {
  herald_completion completion{};
  std::uint64_t item = 0;
  std::atomic<bool> handed_over{false};
  script().on_submit = [&](const herald_batch& batch, const herald_completion& how) {
    item = herald_batch_at(&batch, 0)->item;
    completion = how;
    handed_over = true;
    return HERALD_OK;
  };
  auto busy = std::shared_ptr<Guard>(try_start(scripted_plugin(ThreadModel::kAsync), seconds{30}).value());
  const auto& of_busy = script();
  busy->submit({test::item_with(1, "any", in(seconds{60}))}, sink_);
  ASSERT_TRUE(test::eventually([&] { return handed_over.load(); }));
  test::scripts().emplace_back();
  auto idle = std::shared_ptr<Guard>(try_start(scripted_plugin(ThreadModel::kAsync), seconds{30}).value());
  Options options;
  options.drain_timeout = seconds{60};
  Retirement retirement(options, Surroundings{clock_, log_, metrics_});

  refused_threads = 1;
  retirement.replace(std::move(busy));
  refused_threads = 1;
  retirement.replace(std::move(idle));
  EXPECT_EQ(retirement.under_way(), 2U);
  EXPECT_EQ(of_busy.stopped, 0);
  test::complete(completion, item);
  EXPECT_TRUE(test::eventually([&] { return retirement.under_way() == 0; }, seconds{30}));
  EXPECT_EQ(of_busy.destroyed, 1);
  EXPECT_EQ(script().destroyed, 1);
}

TEST_F(ThreadShortage, ThatLastsLeavesTheProviderBehind) {
  auto& guard = start(scripted_plugin(ThreadModel::kAsync));
  refused_threads = 1'000'000;
  EXPECT_FALSE(guard.stop(clock_.mono()));
  EXPECT_EQ(script().destroyed, 0);
}
#endif

TEST(DescriptorShortage, IsNoVerdictOnALibrary) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer itself needs a descriptor to look at memory";
#endif
  const test::TempDir folder;
  const auto library = folder / "library.so";
  std::ofstream(library) << "not read as far as this";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto refused = Library::load(library, "the file");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kExhausted) << refused.error().message;
}

TEST(PassingFailure, IsForgottenBeforeTheNextRound) {
  Candidate candidate;
  candidate.source = "/plugins/a.so";
  const Census census{{candidate}, {}};
  const Failure lasting{candidate.source, candidate.fingerprint, "it is broken"};
  Failure passing = lasting;
  passing.passing = true;
  EXPECT_EQ(still_true({lasting}, census).size(), 1U);
  EXPECT_TRUE(still_true({passing}, census).empty());
}

}  // namespace
}  // namespace herald::providers
