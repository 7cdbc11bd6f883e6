#include "providers/folder_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/folder_plan_fixture.h"

namespace herald::providers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FolderPlan : public FolderPlanBench {};

TEST_F(FolderPlan, StartsWhatIsThereInTheOrderOfFiles) {
  put("b.so", "email", "1.0.0", "E1");
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so", "start email b.so"));
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(plan_.refusals, IsEmpty());
}

TEST_F(FolderPlan, StartsTheHighestVersionOfAName) {
  put("a.so", "sms", "1.9.0", "S1.9");
  put("b.so", "sms", "1.10.0", "S1.10");
  EXPECT_THAT(follow(), ElementsAre("start sms b.so"));
  EXPECT_THAT(reason_for("a.so"), HasSubstr("superseded by b.so, whose version 1.10.0 is higher than "
                                            "1.9.0; take b.so out of the plugin folder to have this one"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, StartsTheFirstFileOfEqualVersions) {
  put("b.so", "sms", "1.0.0+b", "SB");
  put("a.so", "sms", "1.0.0+a", "SA");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so"));
  EXPECT_THAT(reason_for("b.so"), HasSubstr("its name \"sms\" is taken by a.so, whose version 1.0.0+a is no lower"));
}

TEST_F(FolderPlan, SaysThatTwoFilesAreOne) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "1.0.0", "S1");
  follow();
  EXPECT_THAT(reason_for("b.so"), HasSubstr("superseded by a.so, which holds the same bytes"));
}

TEST_F(FolderPlan, KeepsTheRunningOneOfEqualVersions) {
  put("b.so", "sms", "1.0.0", "SB");
  follow();
  put("a.so", "sms", "1.0.0", "SA");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, UpgradesToAHigherVersionInAnotherFile) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("b.so", "sms", "2.0.0", "S2");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, LeavesALowerVersionAside) {
  put("a.so", "sms", "2.0.0", "S2");
  follow();
  put("b.so", "sms", "2.0.0-rc.1", "S2rc");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(refused(), ElementsAre("b.so"));
}

TEST_F(FolderPlan, FollowsAnOperatorsRollback) {
  put("a.so", "sms", "2.0.0", "S2");
  follow();
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_EQ(running_.at(0).version, "1.0.0");
}

TEST_F(FolderPlan, UpgradesToANewBuildOfTheSameVersion) {
  put("a.so", "sms", "1.0.0", "S1");
  put("backup.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_THAT(refused(), ElementsAre("backup.so"));
}

TEST_F(FolderPlan, LetsAHigherVersionGoBeforeARollbackAndSaysSo) {
  put("a.so", "sms", "2.0.0", "S2");
  put("backup.so", "sms", "2.0.0", "S2");
  follow();
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("rename sms backup.so"));
  EXPECT_THAT(reason_for("a.so"), HasSubstr("take backup.so out of the plugin folder to have this one"));
  take_out("backup.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
}

TEST_F(FolderPlan, DoesNotRestartWhatIsRenamed) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  move("a.so", "z.so");
  EXPECT_THAT(follow(), ElementsAre("rename sms z.so"));
  EXPECT_EQ(running_.at(0).file, path("z.so"));
}

TEST_F(FolderPlan, DoesNotRestartWhatIsTouched) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  touch("a.so");
  EXPECT_THAT(follow(), IsEmpty());
}

TEST_F(FolderPlan, FollowsTwoFilesThatChangePlaces) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  follow();
  move("a.so", "c.so");
  move("b.so", "a.so");
  move("c.so", "b.so");
  EXPECT_THAT(follow(), ElementsAre("rename email a.so", "rename sms b.so"));
}

TEST_F(FolderPlan, PrefersTheRunningBytesWhenTheirFileIsGone) {
  put("m.so", "sms", "1.0.0", "S1");
  follow();
  move("m.so", "z.so");
  put("a.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), ElementsAre("rename sms z.so"));
}

TEST_F(FolderPlan, RemovesWhatIsGone) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  follow();
  take_out("a.so");
  take_out("b.so");
  EXPECT_THAT(follow(), ElementsAre("remove email", "remove sms"));
}

TEST_F(FolderPlan, TakesTheNextBestWhenTheBestIsGone) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  put("c.so", "sms", "3.0.0", "S3");
  follow();
  take_out("c.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, RemovesLast) {
  put("b.so", "sms", "1.0.0", "S1");
  put("c.so", "email", "1.0.0", "E1");
  put("d.so", "mms", "1.0.0", "M1");
  follow();
  take_out("b.so");
  put("z.so", "sms-new", "1.0.0", "S2");
  put("c.so", "email", "2.0.0", "E2");
  move("d.so", "a.so");
  EXPECT_THAT(follow(), ElementsAre("rename mms a.so", "upgrade email c.so", "start sms-new z.so", "remove sms"));
}

TEST_F(FolderPlan, ReplacesAProviderByOneOfAnotherNameInTheSameFile) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "other", "1.0.0", "O1");
  EXPECT_THAT(follow(), ElementsAre("start other a.so", "remove sms"));
}

}  // namespace
}  // namespace herald::providers
