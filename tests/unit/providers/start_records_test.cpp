// What is known of starts that ended a process.
#include "providers/start_records.h"

#include <fstream>
#include <memory>

#include <gtest/gtest.h>

#include "support/eventually.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"
#include "unit/providers/guard_fixture.h"

namespace herald::providers {
namespace {

class StartRecordsTest : public testing::Test {
 protected:
  // A process that begins a start and ends without a word in the middle of it.
  void die_without_a_mark() {
    const auto attempt = begin();
    ASSERT_TRUE(attempt) << attempt.error().message;
  }

  base::Result<std::shared_ptr<StartRecords::Attempt>> begin(StartStep step = StartStep::kCreate) {
    return records_.begin(origin_, "plugin", step);
  }

  void write(const std::string& text) { std::ofstream(record()) << text; }
  std::filesystem::path record() const { return folder_ / "starts" / origin_.hash; }

  test::TempDir folder_;
  test::RecordingLog log_;
  StartRecords records_{folder_ / "starts", log_};
  const Origin origin_{"plugin.so", "abc"};
};

TEST_F(StartRecordsTest, LeaveNothingBehindAStartThatCameBack) {
  (*begin())->over();
  EXPECT_FALSE(std::filesystem::exists(record()));
}

TEST_F(StartRecordsTest, RefuseAfterThreeDeathsInARow) {
  for (int i = 0; i < 3; ++i)
    die_without_a_mark();
  const auto fourth = begin();
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(fourth.error().message.find("3 times in a row"), std::string::npos);
  EXPECT_FALSE(begin()) << "asking makes no difference";
}

TEST_F(StartRecordsTest, ForgetDeathsOnceAStartCameBack) {
  for (int i = 0; i < 2; ++i)
    die_without_a_mark();
  (*begin())->over();
  for (int i = 0; i < 3; ++i)
    die_without_a_mark();
  EXPECT_FALSE(begin());
}

TEST_F(StartRecordsTest, RememberDeathsOverALoadThatCameBack) {
  for (int i = 0; i < 3; ++i) {
    (*begin(StartStep::kLoad))->over_so_far();
    die_without_a_mark();
  }
  EXPECT_FALSE(begin(StartStep::kLoad));
}

TEST_F(StartRecordsTest, HoldNothingAgainstAStartThatWasLeftBehind) {
  for (int i = 0; i < 5; ++i) {
    const auto attempt = begin();
    ASSERT_TRUE(attempt);
    (*attempt)->leave_behind();
  }
}

TEST_F(StartRecordsTest, CountThoseLeftBehindUntilTheyComeBack) {
  auto attempt = *begin();
  attempt->leave_behind();
  EXPECT_EQ(records_.left_behind(), 1U);
  attempt.reset();
  EXPECT_EQ(records_.left_behind(), 0U);
}

TEST_F(StartRecordsTest, AreOfOneFileAlone) {
  for (int i = 0; i < 3; ++i)
    die_without_a_mark();
  EXPECT_TRUE(records_.begin({"plugin.so", "def"}, "plugin", StartStep::kCreate));
}

TEST_F(StartRecordsTest, TakeRubbishForNothing) {
  (*begin())->leave_behind();  // makes the folder
  for (const std::string text : {"", "D", "D 0x1 3 0\n", "D 011 3 0", "\n\n\n\n\n\n\n\n\n\n"}) {
    write(text);
    EXPECT_TRUE(begin()) << text;
  }
}

TEST_F(StartRecordsTest, ThatCannotBeWrittenAreLoggedAndTheStartGoesOn) {
  std::ofstream(folder_ / "starts") << "no folder";
  const auto attempt = begin();
  ASSERT_TRUE(attempt);
  (*attempt)->enter(StartStep::kCreate);
  (*attempt)->leave();
  (*attempt)->over();
  EXPECT_EQ(log_.of("provider.start_unrecorded").size(), 1U);
}

TEST_F(StartRecordsTest, SayWhichSignalAndStepItWas) {
  (*begin())->leave_behind();
  write("D 011 4 0\nplugin\nplugin.so\n");
  const auto refused = begin();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("signal 11 (Segmentation fault) inside its start"), std::string::npos);
  EXPECT_NE(refused.error().message.find("remove " + record().string()), std::string::npos);
}

class RecordedStart : public test::GuardFixture {
 protected:
  base::Result<std::unique_ptr<Guard>> start_within(std::chrono::milliseconds timeout) {
    auto plugin = test::scripted_plugin(ThreadModel::kAsync);
    plugin.origin = {"plugin.so", "abc"};
    const Guard::Setup setup{"{}", {}, 1, timeout, webhook_timeout_, &inbound_, patience_};
    return Guard::start(std::move(plugin), setup, {clock_, log_, metrics_, &records_});
  }

  test::TempDir folder_;
  StartRecords records_{folder_ / "starts", log_};
};

TEST_F(RecordedStart, ThatHangsIsCountedUntilItReturnsAndIsNotDestroyedMeanwhile) {
  const auto open = std::make_shared<std::atomic<bool>>(false);
  test::script().on_start = [open] {
    test::eventually([&] { return open->load(); }, std::chrono::seconds{60});
    return HERALD_E_UNAVAILABLE;
  };
  const auto guard = start_within(std::chrono::milliseconds{50});
  ASSERT_FALSE(guard);
  EXPECT_EQ(records_.left_behind(), 1U);
  EXPECT_EQ(test::script().destroyed, 0);
  *open = true;
  EXPECT_TRUE(test::eventually([this] { return records_.left_behind() == 0; }));
  EXPECT_EQ(test::script().destroyed, 1);
}

TEST_F(RecordedStart, ThatFailsIsNotCountedAndLeavesNoRecord) {
  test::script().on_start = [] { return HERALD_E_UNAVAILABLE; };
  EXPECT_FALSE(start_within(std::chrono::seconds{30}));
  EXPECT_EQ(records_.left_behind(), 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "starts"));
}

}  // namespace
}  // namespace herald::providers
