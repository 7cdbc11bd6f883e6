// The kernel queues a notice before the call that causes it returns, so that nothing here has to wait.
#include "providers/folder_notices.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FolderNoticesTest : public testing::Test {
 protected:
  FolderNoticesTest() { fs::create_directory(folder_); }

  FolderNotices& watching() {
    EXPECT_TRUE(notices_.arm().has_value());
    return notices_;
  }

  fs::path write(const std::string& name) const {
    std::ofstream(folder_ / name) << "content";
    return folder_ / name;
  }

  test::TempDir dir_;
  fs::path folder_ = dir_ / "plugins";
  FolderNotices notices_{folder_};
};

TEST_F(FolderNoticesTest, AreSilentWhileNothingHappens) {
  EXPECT_FALSE(watching().take());
}

TEST_F(FolderNoticesTest, CountAFileThatIsWritten) {
  watching();
  write("a.so");
  EXPECT_TRUE(notices_.take());
  EXPECT_FALSE(notices_.take());
}

TEST_F(FolderNoticesTest, DoNotCountAFileBeforeItIsClosed) {
  watching();
  std::ofstream file(folder_ / "a.so");
  file << "half" << std::flush;
  EXPECT_FALSE(notices_.take());
  file.close();
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountARenameIntoPlaceAndNotTheFileBeforeIt) {
  watching();
  write("a.so.tmp");
  write(".hidden.so");
  write("notes.txt");
  EXPECT_FALSE(notices_.take());
  fs::rename(folder_ / "a.so.tmp", folder_ / "a.so");
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountARenameOutOfPlace) {
  const auto file = write("a.so");
  watching();
  fs::rename(file, folder_ / "a.so.off");
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountARemoval) {
  const auto file = write("a.so");
  watching();
  fs::remove(file);
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountAChangeOfMode) {
  const auto file = write("a.so");
  watching();
  fs::permissions(file, fs::perms{0664});
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountAChangeOfTheFoldersMode) {
  watching();
  fs::permissions(folder_, fs::perms{0775});
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountLinks) {
  const auto file = write("library");
  watching();
  fs::create_symlink(file, folder_ / "a.so");
  EXPECT_TRUE(notices_.take());
  fs::create_hard_link(file, folder_ / "b.so");
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountWhatIsNoRegularFile) {
  watching();
  fs::create_directory(folder_ / "a.so");
  EXPECT_TRUE(notices_.take());
  ASSERT_EQ(::mkfifo((folder_ / "b.so").c_str(), 0644), 0);
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, CountWhatWasLost) {
  watching();
  std::size_t bound = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> bound;
  ASSERT_GT(bound, 0U);
  // Two names in turn: the kernel folds a notice that equals the one before it.
  const std::string names[2] = {(folder_ / "a.tmp").string(), (folder_ / "b.tmp").string()};
  for (std::size_t i = 0; i < bound / 2 + 10; ++i)
    ::close(::open(names[i % 2].c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  for (std::size_t i = 0; i < bound / 2 + 10; ++i)
    ::close(::open(names[i % 2].c_str(), O_WRONLY | O_CLOEXEC));
  bool counted = false;
  for (std::size_t reads = 0; reads < bound && !counted; ++reads)
    counted = notices_.take();
  EXPECT_TRUE(counted);
}

TEST_F(FolderNoticesTest, CountTheFoldersEndAndFollowItsName) {
  watching();
  fs::remove(folder_);
  EXPECT_TRUE(notices_.take());
  EXPECT_TRUE(notices_.arm().has_value());
  fs::create_directory(folder_);
  write("a.so");
  EXPECT_FALSE(notices_.take());
  EXPECT_TRUE(notices_.arm().has_value());
  write("a.so");
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, FollowTheNameAndNotTheFolderThatMovedAway) {
  watching();
  fs::rename(folder_, dir_ / "old");
  fs::create_directory(folder_);
  EXPECT_TRUE(notices_.take());
  EXPECT_TRUE(notices_.arm().has_value());
  std::ofstream(dir_ / "old/a.so") << "content";
  EXPECT_FALSE(notices_.take());
  write("a.so");
  EXPECT_TRUE(notices_.take());
}

TEST_F(FolderNoticesTest, FollowALinkToAnotherFolder) {
  fs::rename(folder_, dir_ / "one");
  fs::create_directory(dir_ / "two");
  fs::create_directory_symlink(dir_ / "one", folder_);
  watching();
  write("a.so");
  EXPECT_TRUE(notices_.take());
  fs::remove(folder_);
  fs::create_directory_symlink(dir_ / "two", folder_);
  EXPECT_TRUE(notices_.arm().has_value());
  write("a.so");
  EXPECT_TRUE(notices_.take());
  std::ofstream(dir_ / "one/b.so") << "content";
  EXPECT_FALSE(notices_.take());
}

TEST_F(FolderNoticesTest, PassWithoutAFolder) {
  fs::remove(folder_);
  EXPECT_TRUE(notices_.arm().has_value());
  EXPECT_FALSE(notices_.take());
}

TEST_F(FolderNoticesTest, SayThatTheSystemGrantsNone) {
  const int lowest = ::dup(0);
  ASSERT_GE(lowest, 0);
  ::close(lowest);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{static_cast<rlim_t>(lowest), usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto refused = notices_.arm();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("Too many open files"));
  EXPECT_FALSE(notices_.take());
  write("a.so");
  EXPECT_FALSE(watching().take());
  write("a.so");
  EXPECT_TRUE(notices_.take());
}

}  // namespace
}  // namespace herald::providers
