#include "providers/fingerprint.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

class FingerprintTest : public testing::Test {
 protected:
  FingerprintTest() {
    fs::create_directory(folder_);
    fs::create_directory(elsewhere_);
    write(file_, "content");
  }

  static void write(const fs::path& file, const std::string& content) { std::ofstream(file) << content; }

  // The file system stamps in steps: the moment is set apart by hand.
  static void stamp(const fs::path& file, long second) {
    const timespec times[2] = {{second, 0}, {second, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }

  Fingerprint now() const { return fingerprint_of(file_).value(); }

  test::TempDir dir_;
  fs::path folder_ = dir_ / "plugins";
  fs::path elsewhere_ = dir_ / "elsewhere";
  fs::path file_ = folder_ / "a.so";
};

TEST_F(FingerprintTest, StaysWhileNothingHappens) {
  EXPECT_EQ(now(), now());
}

TEST_F(FingerprintTest, ChangesWithTheSize) {
  const auto before = now();
  write(file_, "content, and more");
  EXPECT_NE(now(), before);
}

TEST_F(FingerprintTest, ChangesWithATouch) {
  stamp(file_, 1000);
  const auto before = now();
  stamp(file_, 1001);
  EXPECT_NE(now().modified_ns, before.modified_ns);
}

TEST_F(FingerprintTest, ChangesWithAnotherFileOfTheSameContent) {
  const auto before = now();
  write(folder_ / "new", "content");
  fs::rename(folder_ / "new", file_);
  EXPECT_NE(now().inode, before.inode);
}

TEST_F(FingerprintTest, ChangesWithTheMode) {
  const auto before = now();
  fs::permissions(file_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_NE(now().file, before.file);
}

TEST_F(FingerprintTest, ChangesWithTheModeOfItsFolder) {
  const auto before = now();
  fs::permissions(folder_, fs::perms{0770});
  EXPECT_NE(now().folder, before.folder);
}

TEST_F(FingerprintTest, ChangesWithTheFolderBehindALink) {
  write(elsewhere_ / "library", "content");
  fs::remove(file_);
  fs::create_symlink(elsewhere_ / "library", file_);
  const auto before = now();
  EXPECT_EQ(before.size, 7U);
  fs::permissions(elsewhere_, fs::perms{0770});
  EXPECT_NE(now().target_folder, before.target_folder);
  EXPECT_EQ(now().folder, before.folder);
}

TEST_F(FingerprintTest, TellsANameThatIsGoneFromALinkThatLeadsNowhere) {
  fs::remove(file_);
  EXPECT_EQ(fingerprint_of(file_).error().code, base::ErrorCode::kNotFound);
  fs::create_symlink(folder_ / "nowhere", file_);
  EXPECT_EQ(fingerprint_of(file_).error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(fingerprint_of(file_).error().message, "it cannot be reached: No such file or directory");
}

TEST_F(FingerprintTest, IsNotSettledWhileItIsNew) {
  EXPECT_FALSE(is_settled(now()));
  auto old = now();
  old.changed_ns -= 3'000'000'000;
  EXPECT_TRUE(is_settled(old));
}

}  // namespace
}  // namespace herald::providers
