#include "tools/survey.h"

#include <stdlib.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// NOLINTBEGIN(concurrency-mt-unsafe): TMPDIR belongs to the process: ctest runs every case in one of its own, and none
// has a second thread while it changes.
class Survey : public ::testing::Test {
 protected:
  Survey() {
    std::filesystem::create_directory(plugins());
    std::filesystem::create_directory(scratch());
    ::setenv("TMPDIR", scratch().c_str(), 1);
    settings_.providers.plugin_dir = plugins().string();
  }
  ~Survey() override { ::unsetenv("TMPDIR"); }

  std::filesystem::path plugins() const { return folder_ / "plugins"; }
  std::filesystem::path scratch() const { return folder_ / "scratch"; }
  base::Result<std::vector<domain::ProviderInfo>> survey() const { return survey_plugins(settings_, "/bin/false"); }

  test::TempDir folder_;
  config::Settings settings_;
};

TEST_F(Survey, OfAnEmptyFolderIsEmpty) {
  const auto found = survey();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(*found, IsEmpty());
}

TEST_F(Survey, ListsABrokenFileWithItsReason) {
  std::ofstream(plugins() / "broken.so") << "no library";
  const auto found = survey();
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().file_name, "broken.so");
  EXPECT_EQ(found->front().state, domain::ProviderState::kRefused);
  EXPECT_FALSE(found->front().reason.empty());
}

TEST_F(Survey, LeavesNothingBehind) {
  std::ofstream(plugins() / "broken.so") << "no library";
  ASSERT_TRUE(survey());
  EXPECT_TRUE(std::filesystem::is_empty(scratch()));
}

TEST_F(Survey, OfAFolderThatIsMissingFails) {
  settings_.providers.plugin_dir = (folder_ / "gone").string();
  const auto found = survey();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("gone"));
}

TEST_F(Survey, WithoutAPlaceForItsCopiesFailsWithTheCure) {
  ::setenv("TMPDIR", (folder_ / "gone").c_str(), 1);
  const auto found = survey();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("TMPDIR"));
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace
}  // namespace herald::tools
