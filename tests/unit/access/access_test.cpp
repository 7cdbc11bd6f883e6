// What follows the files: what is in force, and what is said of a state that cannot be used.
#include "access/access.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/recording_log.h"
#include "support/temp_dir.h"
#include "unit/access/keys.h"

namespace herald::access {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Kind = Access::Judgement::Kind;

Options options_with(const std::string& keys_file) {
  Options options;
  options.keys_file = keys_file;
  return options;
}

class FollowedKeys : public ::testing::Test {
 protected:
  // As an editor that renames does it.
  void write(const std::string& text) {
    const auto made = folder_ / "new";
    std::ofstream(made) << text;
    fs::permissions(made, fs::perms::owner_read | fs::perms::owner_write);
    fs::rename(made, options_.keys_file);
  }
  void open() {
    auto opened = Access::open(options_, clock_, log_, metrics_);
    ASSERT_TRUE(opened) << opened.error().message;
    access_ = *std::move(opened);
  }
  std::string refusal() {
    const auto opened = Access::open(options_, clock_, log_, metrics_);
    EXPECT_FALSE(opened);
    return opened ? "" : opened.error().message;
  }
  Kind judged(const MintedKey& key, std::optional<Scope> scope = Scope::kSend) const {
    return access_->judge(key.secret, scope).kind;
  }

  test::TempDir folder_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  Options options_ = options_with((folder_ / "keys").string());
  std::unique_ptr<Access> access_;
};

TEST_F(FollowedKeys, AdmitWhoHasAScope) {
  const auto key = test::minted(1, "send");
  write(test::list_of({key}));
  open();
  EXPECT_EQ(judged(key, Scope::kSend), Kind::kAdmitted);
  EXPECT_EQ(judged(key, Scope::kRead), Kind::kNotCovered);
  EXPECT_EQ(judged(key, Scope::kAdmin), Kind::kNotCovered);
  EXPECT_EQ(judged(key, std::nullopt), Kind::kAdmitted);
  EXPECT_EQ(judged(test::minted(2)), Kind::kUnknown);
  EXPECT_EQ(access_->judge("", Scope::kSend).kind, Kind::kUnknown);
}

TEST_F(FollowedKeys, ExpireByThemselves) {
  const auto key = test::minted(1, "send", test::ManualClock::kStart + std::chrono::seconds{10});
  write(test::list_of({key}));
  open();
  clock_.jump_wall(std::chrono::milliseconds{9'999});
  EXPECT_EQ(judged(key), Kind::kAdmitted);
  clock_.jump_wall(std::chrono::milliseconds{1});
  EXPECT_EQ(judged(key), Kind::kExpired);
}

TEST_F(FollowedKeys, ComeAndGoWhileTheHostRuns) {
  write(test::list_of({test::minted(1)}));
  open();
  write(test::list_of({test::minted(2)}));
  access_->step();
  EXPECT_EQ(judged(test::minted(1)), Kind::kUnknown);
  EXPECT_EQ(judged(test::minted(2)), Kind::kAdmitted);
  EXPECT_EQ(log_.of("access.file_reread").size(), 1U);
  access_->step();
  EXPECT_EQ(log_.of("access.file_reread").size(), 1U) << "nothing has changed since";
}

TEST_F(FollowedKeys, StayAsTheyWereWhereTheFileIsBrokenAndItIsSaidOnceAndLoudly) {
  write(test::list_of({test::minted(1)}));
  open();
  const auto is_kept = [this](const char* how) {
    access_->step();
    access_->step();
    EXPECT_EQ(judged(test::minted(1)), Kind::kAdmitted) << how;
    EXPECT_EQ(metrics_.access_files_refused.value(), 1) << how;
  };
  write("junk\n");
  is_kept("broken");
  write(test::list_of({test::minted(2)}));
  fs::permissions(options_.keys_file, fs::perms::others_read, fs::perm_options::add);
  is_kept("open to others");
  fs::remove(options_.keys_file);
  is_kept("gone");
  const auto told = log_.of("access.file_refused");
  ASSERT_EQ(told.size(), 3U);
  for (const auto& line : told)
    EXPECT_EQ(line.level, observe::LogLevel::kError);
  write(test::list_of({test::minted(2)}));
  access_->step();
  EXPECT_EQ(judged(test::minted(1)), Kind::kUnknown);
  EXPECT_EQ(metrics_.access_files_refused.value(), 0);
}

TEST_F(FollowedKeys, MustBeThereAtTheStart) {
  EXPECT_THAT(refusal(), HasSubstr("`herald key create"));
  write("junk\n");
  EXPECT_THAT(refusal(), HasSubstr("line 1"));
}

TEST_F(FollowedKeys, MayBeNoneAtAllWhichIsWarnedOf) {
  write("");
  open();
  EXPECT_EQ(judged(test::minted(1)), Kind::kUnknown);
  EXPECT_EQ(log_.of("access.no_keys").size(), 1U);
}

TEST_F(FollowedKeys, AreNeverLogged) {
  write(test::list_of({test::minted(1)}));
  open();
  write(test::minted(2).secret + "\n");
  access_->step();
  EXPECT_EQ(log_.of("access.file_refused").size(), 1U);
  EXPECT_FALSE(log_.mentions(test::minted(2).secret));
}

}  // namespace
}  // namespace herald::access
