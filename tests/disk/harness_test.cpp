// That the trials can fail: each mistake, made on purpose, is noticed, and without it the same trials are silent.
#include <gtest/gtest.h>

#include "trial.h"

namespace herald::disk {
namespace {

// Trials of a load with the power cut at its end, in which one sync after another is harmed.
class Harness : public ::testing::Test {
 protected:
  static std::string first_violation(Mistake mistake, Harm harm) {
    Plan plan;
    plan.mistake = mistake;
    plan.ending = Ending::kCut;
    for (plan.seed = 1; plan.seed <= 3; ++plan.seed) {
      plan.operation = Plan::kNever;
      plan.harm = Harm::kNone;
      const auto sound = run_trial(plan);  // but for the power, which is cut at its end
      if (!sound.violations.empty()) return sound.violations.front();
      const auto& operations = sound.operations;
      plan.harm = harm;
      for (plan.operation = 0; plan.operation < operations.size(); ++plan.operation) {
        if (operations[plan.operation] != Operation::kSync) continue;
        const auto violations = run_trial(plan).violations;
        if (!violations.empty()) return violations.front();
      }
    }
    return {};
  }
};

TEST_F(Harness, FindsNothingWrongWithTheStoreOnAnHonestDisk) {
  EXPECT_EQ(first_violation(Mistake::kNone, Harm::kError), "");
  EXPECT_EQ(first_violation(Mistake::kNone, Harm::kCutBehind), "");
}

TEST_F(Harness, NoticesADiskThatLiesAboutItsSyncs) {
  EXPECT_NE(first_violation(Mistake::kDiskLies, Harm::kNone), "");
}

TEST_F(Harness, NoticesAStoreThatIgnoresAFailedSync) {
  EXPECT_NE(first_violation(Mistake::kFailedSyncIgnored, Harm::kError), "");
}

TEST_F(Harness, NoticesAStoreThatRetriesAFailedSync) {
  EXPECT_NE(first_violation(Mistake::kFailedSyncRetried, Harm::kError), "");
}

TEST_F(Harness, NoticesAStoreThatDoesNotSyncItsCommits) {
  EXPECT_NE(first_violation(Mistake::kNoSyncOfCommits, Harm::kNone), "");
}

TEST_F(Harness, NoticesAStoreThatAnswersBeforeItsCommit) {
  EXPECT_NE(first_violation(Mistake::kAnswersBeforeCommit, Harm::kError), "");
}

TEST_F(Harness, NoticesAStoreThatStaysDown) {
  EXPECT_NE(first_violation(Mistake::kStaysDown, Harm::kError), "");
}

}  // namespace
}  // namespace herald::disk
