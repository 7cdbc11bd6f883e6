#include "providers/folder_watch.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include <gtest/gtest.h>

#include "support/eventually.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::eventually;

// Far longer than a test takes: what is told before then was noticed.
constexpr milliseconds kNever = hours{1};

class FolderWatchTest : public testing::Test {
 protected:
  FolderWatchTest() { fs::create_directory(folder_); }
  ~FolderWatchTest() override { held_ = false; }

  void watch(FolderWatch::Timing timing) {
    auto started = FolderWatch::start(folder_, timing, log_, [this] {
      ++told_;
      eventually([this] { return !held_; });
    });
    ASSERT_TRUE(started.has_value());
    watch_ = std::move(*started);
  }

  // Watches, and has seen the call of the beginning.
  void watch_quietly(FolderWatch::Timing timing) {
    watch(timing);
    ASSERT_TRUE(told(1));
  }

  bool told(int times) {
    return eventually([&] { return told_ >= times; });
  }

  void write(const std::string& name) const { std::ofstream(folder_ / name) << "content"; }

  test::TempDir dir_;
  fs::path folder_ = dir_ / "plugins";
  test::RecordingLog log_;
  std::atomic<int> told_{0};
  std::atomic<bool> held_{false};
  std::unique_ptr<FolderWatch> watch_;
};

TEST_F(FolderWatchTest, TellsOnceInTheBeginning) {
  watch_quietly({milliseconds{1}, milliseconds{1}, kNever});
  watch_->stop();
  EXPECT_EQ(told_, 1);
}

TEST_F(FolderWatchTest, TellsOfAFileThatWasDropped) {
  watch_quietly({milliseconds{1}, milliseconds{10}, kNever});
  write("a.so");
  EXPECT_TRUE(told(2));
}

TEST_F(FolderWatchTest, FoldsABurstIntoOne) {
  held_ = true;
  watch({milliseconds{1}, milliseconds{10}, kNever});
  ASSERT_TRUE(told(1));
  for (int i = 0; i < 100; ++i)
    write(std::to_string(i) + ".so");
  held_ = false;
  EXPECT_TRUE(told(2));
  watch_->stop();
  EXPECT_EQ(told_, 2);
}

TEST_F(FolderWatchTest, TellsUnderAConstantStream) {
  watch_quietly({kNever, milliseconds{100}, kNever});
  EXPECT_TRUE(eventually([this] {
    write("a.so");
    return told_ >= 3;
  }));
}

TEST_F(FolderWatchTest, TellsWhatHappenedWhileItsListenerWasBusy) {
  held_ = true;
  watch({milliseconds{1}, milliseconds{10}, kNever});
  ASSERT_TRUE(told(1));
  write("a.so");
  held_ = false;
  EXPECT_TRUE(told(2));
}

TEST_F(FolderWatchTest, LooksNowAndThenInAnyCase) {
  watch({milliseconds{1}, milliseconds{10}, milliseconds{5}});
  EXPECT_TRUE(told(4));
}

TEST_F(FolderWatchTest, FindsAFolderThatIsMadeLater) {
  fs::remove(folder_);
  watch_quietly({milliseconds{1}, milliseconds{10}, milliseconds{5}});
  fs::create_directory(folder_);
  EXPECT_TRUE(told(told_ + 2));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(FolderWatchTest, StopsWhileABurstLasts) {
  watch_quietly({kNever, kNever, kNever});
  write("a.so");
  watch_->stop();
  watch_->stop();
  EXPECT_EQ(told_, 1);
}

TEST_F(FolderWatchTest, WaitsForItsListenerWhenItStops) {
  held_ = true;
  watch({milliseconds{1}, milliseconds{10}, kNever});
  ASSERT_TRUE(told(1));
  std::atomic<bool> stopped{false};
  base::Worker stopping("test-stop", [&] {
    watch_->stop();
    stopped = true;
  });
  EXPECT_FALSE(stopped);
  held_ = false;
  stopping.join();
  EXPECT_TRUE(stopped);
}

TEST_F(FolderWatchTest, GoesOnWithoutInotifyAndTakesItUpAgain) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer opens descriptors of its own to look at an object, and here there are none";
#endif
  const int lowest = ::dup(0);
  ASSERT_GE(lowest, 0);
  ::close(lowest);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  // One descriptor is left, which the watch itself needs.
  const rlimit scarce{static_cast<rlim_t>(lowest) + 1, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &scarce), 0);
  watch({milliseconds{1}, milliseconds{10}, milliseconds{5}});
  const bool went_on = told(4);
  const auto warned = log_.of("provider.folder_not_watched");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_TRUE(went_on);
  ASSERT_EQ(warned.size(), 1U);
  EXPECT_EQ(warned.front().level, observe::LogLevel::kWarn);
  EXPECT_TRUE(eventually([this] { return log_.of("provider.folder_watched").size() == 1; }));
}

TEST_F(FolderWatchTest, SaysWhenItCannotBeStarted) {
  const int lowest = ::dup(0);
  ASSERT_GE(lowest, 0);
  ::close(lowest);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{static_cast<rlim_t>(lowest), usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto started = FolderWatch::start(folder_, {}, log_, [] {});
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, base::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace herald::providers
