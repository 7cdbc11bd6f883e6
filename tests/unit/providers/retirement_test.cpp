#include "providers/retirement.h"

#include <atomic>
#include <future>
#include <optional>

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
using test::scripts;

class RetirementTest : public test::GuardFixture {
 protected:
  // A version that has one message, which it completes when told to.
  std::shared_ptr<Guard> busy() {
    script().on_submit = [this](const herald_batch& batch, const herald_completion& completion) {
      item_ = herald_batch_at(&batch, 0)->item;
      completion_ = completion;
      handed_over_ = true;
      return HERALD_OK;
    };
    auto guard = idle();
    handed_over_ = false;
    guard->submit({item_with(1, "any", in(seconds{60}))}, sink_);
    EXPECT_TRUE(eventually([this] { return handed_over_.load(); }));
    return guard;
  }

  std::shared_ptr<Guard> idle() {
    return std::move(try_start(scripted_plugin(ThreadModel::kAsync), seconds{30}).value());
  }

  void complete_it() { complete(completion_, item_); }

  Retirement& retirement(milliseconds drain_timeout = seconds{60}) {
    options_.drain_timeout = drain_timeout;
    return retirement_.emplace(options_, Surroundings{clock_, log_, metrics_});
  }

  // Beside the one before it, which would have ended by then if it did not wait.
  void replace_an_idle_one() {
    scripts().emplace_back();
    retirement_->replace(idle());
    EXPECT_TRUE(eventually([] { return script().destroyed == 1; }, seconds{30}));
  }

  bool ended() {
    return eventually([this] { return retirement_->under_way() == 0; }, seconds{30});
  }

  std::uint64_t item_ = 0;
  std::atomic<bool> handed_over_{false};
  herald_completion completion_{};
  Options options_;
  test::RecordingLanes lanes_;
  std::optional<Retirement> retirement_;
};

TEST_F(RetirementTest, StopsAVersionThatHasNothingToDo) {
  retirement().replace(idle());
  ASSERT_TRUE(ended());
  EXPECT_EQ(script().stopped, 1);
  EXPECT_EQ(script().destroyed, 1);
}

TEST_F(RetirementTest, LetsAVersionFinishWhatItHas) {
  retirement().replace(busy());
  const auto& with_a_message = script();
  replace_an_idle_one();
  EXPECT_EQ(with_a_message.stopped, 0);
  complete_it();
  ASSERT_TRUE(ended());
  EXPECT_EQ(with_a_message.stopped, 1);
  ASSERT_EQ(sink_.of(1).size(), 1U);
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kSuccess);
}

TEST_F(RetirementTest, DoesNotStopAVersionThatSomebodyStillCalls) {
  auto caller = idle();
  retirement().replace(caller);
  const auto& called = script();
  replace_an_idle_one();
  EXPECT_EQ(called.stopped, 0);
  caller.reset();
  ASSERT_TRUE(ended());
  EXPECT_EQ(called.stopped, 1);
}

TEST_F(RetirementTest, EndsAsATimeoutWhatAVersionNeverCompletes) {
  retirement(milliseconds{20}).replace(busy());
  ASSERT_TRUE(ended());
  ASSERT_EQ(sink_.of(1).size(), 1U);
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kTimeout);
  EXPECT_FALSE(sink_.of(1).at(0).unfinished) << "the host goes on, so the retry policy decides";
}

TEST_F(RetirementTest, LeavesUncertainWhatAVersionHasWhenTheHostStops) {
  retirement().replace(busy());
  retirement_->hurry(in(milliseconds{20}));
  EXPECT_EQ(retirement_->finish(), 0U);
  ASSERT_EQ(sink_.of(1).size(), 1U);
  EXPECT_TRUE(sink_.of(1).at(0).unfinished);
}

TEST_F(RetirementTest, CountsAVersionThatHangsInItsStop) {
  // Lives as long as the thread that is left behind in it.
  auto* const never = new std::promise<void>;
  script().on_stop = [never] { never->get_future().wait(); };
  retirement().replace(idle());
  ASSERT_TRUE(ended());
  retirement_->hurry(clock_.mono());
  EXPECT_EQ(retirement_->finish(), 1U);
  EXPECT_EQ(log_.of("provider.abandoned").size(), 1U);
}

TEST_F(RetirementTest, RemovesAProviderOnceItsLaneIsIdle) {
  const auto slot = std::make_shared<ProviderSlot>(idle());
  ASSERT_TRUE(lanes_.attach(*slot));
  lanes_.set_busy("email", true);
  std::atomic<bool> gone{false};
  retirement().remove(slot, lanes_, [&gone] {
    gone = true;
    return true;
  });
  EXPECT_EQ(retirement_->under_way(), 1U);
  EXPECT_NE(slot->guard(), nullptr) << "its carrier's webhooks find it meanwhile";
  lanes_.set_busy("email", false);
  ASSERT_TRUE(ended());
  EXPECT_TRUE(gone);
  EXPECT_EQ(slot->guard(), nullptr);
  EXPECT_EQ(script().stopped, 1);
  EXPECT_EQ(lanes_.port("email"), nullptr);
}

// A version that was replaced has messages of the lane still, and completes them into it.
TEST_F(RetirementTest, EndsALaneAfterEveryVersionThatWasReplaced) {
  retirement().replace(busy());
  auto& replaced = script();
  scripts().emplace_back();
  const auto slot = std::make_shared<ProviderSlot>(idle());
  ASSERT_TRUE(lanes_.attach(*slot));
  std::atomic<int> destroyed{-1};
  lanes_.on_detach = [&] { destroyed = replaced.destroyed.load(); };
  retirement_->remove(slot, lanes_, [] { return true; });
  EXPECT_TRUE(eventually([] { return script().destroyed == 1; }, seconds{30}));
  EXPECT_NE(lanes_.port("email"), nullptr);
  complete_it();
  ASSERT_TRUE(ended());
  EXPECT_EQ(destroyed, 1);
}

TEST_F(RetirementTest, SaysSoWhenALaneKeepsAProviderFromGoing) {
  const auto slot = std::make_shared<ProviderSlot>(idle());
  lanes_.set_busy("email", true);
  retirement(milliseconds{1}).remove(slot, lanes_, [] { return true; });
  EXPECT_TRUE(eventually([this] { return log_.of("provider.removal_waits").size() == 1; }));
}

TEST_F(RetirementTest, CountsALaneThatDoesNotEnd) {
  const auto slot = std::make_shared<ProviderSlot>(idle());
  lanes_.set_stuck();
  retirement().remove(slot, lanes_, [] { return true; });
  ASSERT_TRUE(ended());
  retirement_->hurry(clock_.mono());
  EXPECT_EQ(retirement_->finish(), 1U);
}

TEST_F(RetirementTest, SaysAgainThatAProviderHasGoneUntilItIsHeard) {
  const auto slot = std::make_shared<ProviderSlot>(idle());
  std::atomic<int> told{0};
  retirement().remove(slot, lanes_, [&told] { return ++told == 3; });
  ASSERT_TRUE(ended());
  EXPECT_EQ(told, 3);
}

TEST_F(RetirementTest, LeavesTheLaneToTheHostThatStopsMeanwhile) {
  const auto slot = std::make_shared<ProviderSlot>(idle());
  ASSERT_TRUE(lanes_.attach(*slot));
  lanes_.set_busy("email", true);
  std::atomic<bool> gone{false};
  retirement().remove(slot, lanes_, [&gone] {
    gone = true;
    return true;
  });
  retirement_->hurry(in(seconds{5}));
  EXPECT_EQ(retirement_->finish(), 0U);
  EXPECT_EQ(script().stopped, 1);
  EXPECT_FALSE(gone);
  EXPECT_NE(lanes_.port("email"), nullptr);
}

}  // namespace
}  // namespace herald::providers
