#include "providers/private_copy.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PrivateCopy : public testing::Test {
 protected:
  static std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static fs::path keep(const PrivateFolder& folder, const std::string& bytes, const std::string& stem) {
    return folder.keep(bytes, content_hash(bytes), stem).value();
  }

  PrivateFolder folder() { return std::move(PrivateFolder::open(path_).value()); }

  test::TempDir dir_;
  fs::path path_ = dir_ / "deep/er/private";
};

TEST_F(PrivateCopy, MakesItsFolderForTheHostAlone) {
  folder();
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms{0700});
}

TEST_F(PrivateCopy, IsNamedAfterItsContent) {
  const auto copy = keep(folder(), "abc", "email");
  EXPECT_EQ(copy.filename(), "email.ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.so");
  EXPECT_EQ(content_of(copy), "abc");
  EXPECT_EQ(fs::status(copy).permissions(), fs::perms{0500});
}

TEST_F(PrivateCopy, ReplacesADamagedOne) {
  const auto private_folder = folder();
  const auto copy = keep(private_folder, "abc", "email");
  fs::permissions(copy, fs::perms{0700});
  std::ofstream(copy) << "damaged";
  keep(private_folder, "abc", "email");
  EXPECT_EQ(content_of(copy), "abc");
}

TEST_F(PrivateCopy, HasASafeName) {
  const auto copy = keep(folder(), "abc", "../a b\n" + std::string(500, 'x'));
  EXPECT_EQ(copy.parent_path(), path_);
  EXPECT_TRUE(copy.filename().string().starts_with("___a_b_x"));
}

TEST_F(PrivateCopy, IsRemovedWhenNobodyUsesIt) {
  const auto private_folder = folder();
  const auto used = keep(private_folder, "abc", "email");
  keep(private_folder, "old", "email");
  std::ofstream(path_ / "notes.txt") << "an operator's";
  private_folder.remove_others({used});
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{used.filename().string(), "notes.txt"}));
}

TEST_F(PrivateCopy, RefusesAFolderThatOthersMayEnter) {
  fs::create_directories(path_);
  fs::permissions(path_, fs::perms{0711});
  const auto refused = PrivateFolder::open(path_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("chmod 0700"));
}

TEST_F(PrivateCopy, RefusesAFolderThatIsALink) {
  fs::create_directory(dir_ / "target");
  fs::permissions(dir_ / "target", fs::perms{0700});
  fs::create_symlink(dir_ / "target", dir_ / "link");
  EXPECT_FALSE(PrivateFolder::open(dir_ / "link").has_value());
}

TEST_F(PrivateCopy, RefusesARelativeFolder) {
  EXPECT_FALSE(PrivateFolder::open("private").has_value());
}

TEST_F(PrivateCopy, IsMadeOfWhatTheOwnerAloneMayWrite) {
  const auto file = dir_ / "a.so";
  std::ofstream(file) << "content";
  fs::permissions(file, fs::perms{0644});
  EXPECT_EQ(read_trusted(file).value(), "content");
  fs::permissions(file, fs::perms{0664});
  EXPECT_THAT(read_trusted(file).error().message, HasSubstr("mode 0664"));
}

}  // namespace
}  // namespace herald::providers
