// What the folder's plan makes of files that are refused and of candidates that do not start.
#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/folder_plan_fixture.h"

namespace herald::providers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class BrokenUpgrade : public FolderPlanBench {};

TEST_F(BrokenUpgrade, KeepsTheOldOneWhenItsFileIsOverwrittenByABrokenOne) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_EQ(reason_for("a.so"), "the file is truncated");
}

TEST_F(BrokenUpgrade, KeepsTheOldOneBesideALowerOrEqualVersionWhenItsFileIsBroken) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  put("b.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(reason_for("b.so"), HasSubstr("is taken by a.so, of which version 1.0.0 runs on although the file is "
                                            "refused now; mend a.so"));
  take_out("a.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
}

TEST_F(BrokenUpgrade, UpgradesToAHigherVersionWhenItsFileIsBroken) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  put("b.so", "sms", "1.0.1", "S1.0.1");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
}

TEST_F(BrokenUpgrade, StartsTheNextBestWhenTheBestFails) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("start sms b.so", "start sms a.so"));
  EXPECT_EQ(reason_for("b.so"), "it does not start");
  EXPECT_THAT(refused(), ElementsAre("b.so"));
}

TEST_F(BrokenUpgrade, KeepsTheOldOneWhenAnUpgradeFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("b.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("b.so"));
  EXPECT_EQ(running_.at(0).hash, "S1");
}

TEST_F(BrokenUpgrade, KeepsTheOldOneWhenTheUpgradeInItsOwnFileFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_EQ(reason_for("a.so"), "it does not start");
  EXPECT_EQ(running_.at(0).hash, "S1");
}

TEST_F(BrokenUpgrade, KeepsTheOldOneWhenAnotherProviderInItsFileFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "other", "1.0.0", "O1");
  unfit_ = {"O1"};
  EXPECT_THAT(follow(), ElementsAre("start other a.so"));
  EXPECT_EQ(running_.at(0).name, "sms");
}

TEST_F(BrokenUpgrade, TriesWhatFailedAgainOnlyWhenItsFileHasChanged) {
  put("a.so", "sms", "1.0.0", "S1");
  unfit_ = {"S1"};
  follow();
  unfit_.clear();
  EXPECT_THAT(follow(), IsEmpty());
  touch("a.so");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so"));
}

TEST_F(BrokenUpgrade, ForgetsAFailureThatNoFileBearsOut) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  put("c.so", "mms", "1.0.0", "M1");
  unfit_ = {"S1", "E1", "M1"};
  follow();
  ASSERT_THAT(failures_, SizeIs(3));
  touch("a.so");
  take_out("b.so");
  const auto left = still_true(failures_, census_);
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left.at(0).file, path("c.so"));
}

TEST_F(BrokenUpgrade, ListsEveryRefusalInTheOrderOfFiles) {
  put("d.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  put("a.so", "email", "1.0.0", "E1");
  put_broken("c.so", "this is no ELF file");
  unfit_ = {"E1"};
  follow();
  EXPECT_THAT(refused(), ElementsAre("a.so", "c.so", "d.so"));
}

TEST_F(BrokenUpgrade, ShowsAFilesNameAsText) {
  put("a\xff.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "1.0.0", "S2");
  follow();
  EXPECT_THAT(reason_for("b.so"), HasSubstr("is taken by a\xef\xbf\xbd.so"));
}

// Whatever happened before: one file of the highest version that starts serves each name, and nothing else runs but
// what its own broken file keeps.
TEST_F(BrokenUpgrade, SettlesWhateverTheFolderHolds) {
  std::mt19937 random(20);
  const auto pick = [&random](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> files{"a.so", "b.so", "c.so", "d.so", "e.so"};
  for (int turn = 0; turn < 3000; ++turn) {
    const auto file = pick(files);
    const auto bytes = "bytes " + std::to_string(random() % 12);
    switch (random() % 6) {
      case 0:
        take_out(file);
        break;
      case 1:
        put_broken(file, "broken");
        break;
      case 2:
        unfit_ = {bytes};
        break;
      case 3:
        touch(file);
        break;
      default: {  // the bytes decide on the name and the version
        const auto number = std::stoul(bytes.substr(6));
        put(file, number % 2 == 0 ? "sms" : "email", std::to_string(number / 4) + ".0.0", bytes);
      }
    }
    follow();
    std::set<std::string> names;
    for (const auto& running : running_) {
      EXPECT_TRUE(names.insert(running.name).second) << running.name << " runs twice";
      EXPECT_TRUE(is_backed(running)) << running.name << " runs without a file, turn " << turn;
    }
    for (const auto& candidate : census_.candidates) {
      const auto serves = [&candidate](const Running& one) {
        return one.name == candidate.descriptor.name && one.version >= candidate.descriptor.version;
      };
      const bool failed = reason_for(candidate.source.filename().string()) == "it does not start";
      EXPECT_TRUE(failed || std::any_of(running_.begin(), running_.end(), serves)) << "turn " << turn;
    }
  }
}

}  // namespace
}  // namespace herald::providers
