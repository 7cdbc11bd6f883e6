#include "access/private_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::access {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PrivateFile : public ::testing::Test {
 protected:
  void write(const std::string& text, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    std::ofstream(path_) << text;
    fs::permissions(path_, mode);
  }
  base::Error refusal() {
    const auto read = read_private_file(path_);
    EXPECT_FALSE(read) << "it is accepted";
    return read ? base::Error{} : read.error();
  }
  base::Status append(const std::string& text) {
    return change_private_file(path_, [&text](const std::string& former) { return former + text; });
  }

  test::TempDir folder_;
  const std::string path_ = (folder_ / "keys").string();
};

TEST_F(PrivateFile, IsReadWhereItIsTheOwnersAlone) {
  write("text");
  EXPECT_EQ(read_private_file(path_)->text, "text");
}

TEST_F(PrivateFile, IsRefusedWithTheCureWhereOthersMayReadOrWriteIt) {
  for (const auto mode : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    write("text", fs::perms::owner_read | fs::perms::owner_write | mode);
    const auto error = refusal();
    EXPECT_EQ(error.code, base::ErrorCode::kPermission);
    EXPECT_THAT(error.message, HasSubstr("chmod 600 " + path_));
  }
}

TEST_F(PrivateFile, IsRefusedWhereItIsNone) {
  EXPECT_EQ(refusal().code, base::ErrorCode::kNotFound);
  fs::create_directory(path_);
  EXPECT_THAT(refusal().message, HasSubstr("no regular file"));
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(refusal().message, HasSubstr("no regular file")) << "and nobody waits for its writer";
}

TEST_F(PrivateFile, IsRefusedOverAMebibyte) {
  write(std::string((1U << 20U) + 1, 'x'));
  EXPECT_THAT(refusal().message, HasSubstr("larger than 1 MiB"));
}

TEST_F(PrivateFile, IsMadeForItsOwnerAlone) {
  ASSERT_TRUE(append("a"));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(read_private_file(path_)->text, "a");
}

TEST_F(PrivateFile, IsReplacedAndNeverWrittenInPlace) {
  write("a");
  fs::create_hard_link(path_, folder_ / "former");
  ASSERT_TRUE(append("b"));
  std::string former;
  std::ifstream(folder_ / "former") >> former;
  EXPECT_EQ(former, "a") << "who has it open goes on reading the former one";
  EXPECT_EQ(read_private_file(path_)->text, "ab");
}

TEST_F(PrivateFile, StaysALink) {
  write("a");
  fs::rename(path_, folder_ / "real");
  fs::create_symlink("real", path_);
  ASSERT_TRUE(append("b"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(read_private_file((folder_ / "real").string())->text, "ab");
}

TEST_F(PrivateFile, StaysAsItWasWhenTheChangeIsGivenUp) {
  write("a");
  const auto done = change_private_file(path_, [](const std::string&) -> base::Result<std::string> {
    return base::fail(base::ErrorCode::kInvalid, "no");
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(read_private_file(path_)->text, "a");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "nothing is left behind";
}

TEST_F(PrivateFile, IsNotChangedWhileOthersMayReadIt) {
  write("a", fs::perms::owner_all | fs::perms::others_read);
  EXPECT_FALSE(append("b"));
}

TEST_F(PrivateFile, LosesNoChangeOfManyAtOnce) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i)
    writers.emplace_back([this] { EXPECT_TRUE(append("x")); });
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(read_private_file(path_)->text, "xxxxxxxx");
}

TEST_F(PrivateFile, HasAnotherMarkAfterEveryChange) {
  EXPECT_EQ(mark_of(path_), FileMark{});
  write("a");
  const auto first = mark_of(path_);
  EXPECT_EQ(read_private_file(path_)->mark, first);
  ASSERT_TRUE(append(""));
  EXPECT_NE(mark_of(path_), first);
}

}  // namespace
}  // namespace herald::access
