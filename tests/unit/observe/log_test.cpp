#include "observe/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "observe/log_internal.h"
#include "support/eventually.h"
#include "support/temp_dir.h"

namespace herald::observe {
namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

class LogToFile : public ::testing::Test {
 protected:
  LogToFile() : descriptor_(::open((folder_ / "log").c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600)) {}
  ~LogToFile() override { ::close(descriptor_); }

  std::unique_ptr<Log> open(LogLevel level, LogFormat format = LogFormat::kText) {
    return make_log_on(Options{level, format}, descriptor_);
  }

  std::vector<std::string> written() const {
    std::ifstream file(folder_ / "log");
    std::ostringstream text;
    text << file.rdbuf();
    return split_lines(text.str());
  }

 private:
  test::TempDir folder_;
  int descriptor_;
};

TEST_F(LogToFile, WritesEverythingBeforeItIsGone) {
  auto log = open(LogLevel::kInfo);
  for (int i = 0; i < 1000; ++i)
    log->info("test", {{"i", i}});
  log.reset();
  const auto lines = written();
  ASSERT_EQ(lines.size(), 1000U);
  EXPECT_EQ(lines[0].substr(24), " info  test i=0");
  EXPECT_EQ(lines[999].substr(24), " info  test i=999");
}

TEST_F(LogToFile, WritesAtOnceWhenNothingElseWaits) {
  const auto log = open(LogLevel::kInfo);
  log->info("test", {});
  EXPECT_TRUE(test::eventually([this] { return written().size() == 1; }));
}

TEST_F(LogToFile, LeavesOutWhatIsBelowItsLevel) {
  auto log = open(LogLevel::kWarn);
  log->debug("a", {});
  log->info("b", {});
  log->warn("c", {});
  log->error("d", {});
  log.reset();
  const auto lines = written();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].substr(24), " warn  c");
  EXPECT_EQ(lines[1].substr(24), " error d");
}

TEST_F(LogToFile, SaysWhichLevelsItTakes) {
  const auto log = open(LogLevel::kInfo);
  EXPECT_FALSE(log->enabled(LogLevel::kTrace));
  EXPECT_FALSE(log->enabled(LogLevel::kDebug));
  EXPECT_TRUE(log->enabled(LogLevel::kInfo));
  EXPECT_TRUE(log->enabled(LogLevel::kError));
}

TEST_F(LogToFile, OffTakesNothing) {
  auto log = open(LogLevel::kOff);
  EXPECT_FALSE(log->enabled(LogLevel::kError));
  EXPECT_FALSE(log->enabled(LogLevel::kOff));
  log->error("a", {});
  log->write(LogLevel::kOff, "b", {});
  log.reset();
  EXPECT_TRUE(written().empty());
}

TEST_F(LogToFile, KeepsLinesWholeWhenManyThreadsLog) {
  auto log = open(LogLevel::kInfo, LogFormat::kJson);
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&log, thread] {
      for (int i = 0; i < kLines; ++i)
        log->info("test", {{"thread", thread}, {"i", i}, {"pad", std::string(50, 'p')}});
    });
  }
  for (auto& thread : threads)
    thread.join();
  log.reset();
  std::set<std::pair<int, int>> seen;
  for (const auto& line : written()) {
    const auto object = nlohmann::json::parse(line);
    seen.emplace(object.at("thread").get<int>(), object.at("i").get<int>());
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kThreads * kLines));
  EXPECT_EQ(written().size(), seen.size());
}

class LogToPipe : public ::testing::Test {
 protected:
  static constexpr std::size_t kQueued = 64;

  LogToPipe() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    log_ = make_log_on(Options{LogLevel::kInfo, LogFormat::kJson}, ends_[1], kQueued);
  }
  ~LogToPipe() override {
    log_.reset();
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }

  void log_lines(int count) {
    for (int i = 0; i < count; ++i)
      log_->info("test", {{"i", i}, {"pad", std::string(100, 'p')}});
  }

  void close_reading_end() {
    ::close(ends_[0]);
    ends_[0] = -1;
  }

  // Everything until the log is gone.
  std::vector<std::string> read_to_the_end() {
    std::string text;
    std::thread reader([this, &text] {
      std::array<char, 4096> piece{};
      for (ssize_t got = 0; (got = ::read(ends_[0], piece.data(), piece.size())) > 0;)
        text.append(piece.data(), static_cast<std::size_t>(got));
    });
    log_.reset();
    ::close(ends_[1]);
    ends_[1] = -1;
    reader.join();
    return split_lines(text);
  }

  std::array<int, 2> ends_{-1, -1};
  std::unique_ptr<Log> log_;
};

TEST_F(LogToPipe, DropsTheOldestLinesAndSaysHowManyWhenNobodyReads) {
  constexpr int kLines = 10'000;
  log_lines(kLines);  // returns, though the pipe takes a few hundred
  std::size_t arrived = 0;
  std::size_t dropped = 0;
  int last = -1;
  for (const auto& line : read_to_the_end()) {
    const auto object = nlohmann::json::parse(line);
    if (object.at("event") == "log.dropped") {
      EXPECT_EQ(object.at("level"), "warn");
      dropped += object.at("count").get<std::size_t>();
      EXPECT_EQ(object.at("total"), dropped);
    } else {
      ++arrived;
      EXPECT_GT(object.at("i").get<int>(), last);
      last = object.at("i").get<int>();
    }
  }
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(arrived + dropped, static_cast<std::size_t>(kLines));
  EXPECT_EQ(last, kLines - 1);
}

TEST_F(LogToPipe, EndsThoughNobodyEverReads) {
  log_lines(10'000);
  log_.reset();
  SUCCEED() << "the destructor returned";
}

TEST_F(LogToPipe, OutlivesItsReader) {
  close_reading_end();
  log_lines(100);
  log_->error("test", {});
  log_.reset();
  SUCCEED() << "neither a signal nor a wait";
}

TEST(Log, GoesToStandardError) {
  ::testing::internal::CaptureStderr();
  auto log = make_log(Options{});
  log->info("test", {{"a", 1}});
  log.reset();
  const std::string text = ::testing::internal::GetCapturedStderr();
  ASSERT_GT(text.size(), 24U);
  EXPECT_EQ(text.substr(24), " info  test a=1\n");
}

}  // namespace
}  // namespace herald::observe
