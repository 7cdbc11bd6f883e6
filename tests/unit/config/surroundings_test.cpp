#include "config/surroundings.h"

#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::config {
namespace {

using ::testing::HasSubstr;

class SettingsFile : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  static std::string refusal(const std::string& path) {
    const auto text = read_settings_file(path);
    EXPECT_FALSE(text) << "it is read";
    return text ? "" : text.error().message;
  }

  test::TempDir folder_;
};

TEST_F(SettingsFile, IsReadByteForByte) {
  const std::string text = "port = 80\r\n# \xC3\xA9\n" + std::string(100'000, '#');
  EXPECT_EQ(read_settings_file(write("a.toml", text)), text);
  EXPECT_EQ(read_settings_file("/dev/null"), "");
}

TEST_F(SettingsFile, ThatIsMissingIsRefusedWithTheCure) {
  const std::string path = (folder_ / "gone.toml").string();
  EXPECT_THAT(refusal(path), HasSubstr("\"" + path + "\": there is no such file; check the path"));
}

TEST_F(SettingsFile, ThatIsAFolderIsRefused) {
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("is a folder"));
}

TEST_F(SettingsFile, BehindAFileIsRefused) {
  EXPECT_THAT(refusal(write("a", "") + "/b.toml"), HasSubstr("cannot be read: Not a directory"));
}

TEST_F(SettingsFile, ThatMayNotBeReadIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = write("a.toml", "");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  EXPECT_THAT(refusal(path), HasSubstr("may not be read"));
}

TEST_F(SettingsFile, ThatIsTooLargeIsRefusedWithoutReadingItAll) {
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("larger than 1 MiB"));
}

class OwnPlugins : public ::testing::Test {
 protected:
  void make(const std::string& name) const { std::filesystem::create_directories(folder_ / name); }
  std::string found() const { return own_plugin_dir(folder_ / "bin/herald"); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  test::TempDir folder_;
};

TEST_F(OwnPlugins, StandBesideABuildsExecutable) {
  make("bin/plugins");
  make("lib/herald/plugins");
  EXPECT_EQ(found(), path("bin/plugins"));
}

TEST_F(OwnPlugins, StandInAnInstallationsLibraries) {
  make("bin");
  make(INSTALLED_PLUGINS);
  EXPECT_EQ(found(), path(INSTALLED_PLUGINS));
}

TEST_F(OwnPlugins, AreNamedAlsoWhenThereAreNone) {
  EXPECT_EQ(found(), path("bin/plugins"));
}

}  // namespace
}  // namespace herald::config
