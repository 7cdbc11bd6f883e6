// A plugin folder that is surveyed with a probe that counts its calls.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/folder_census.h"

namespace herald::providers {

class FolderCensusBench : public testing::Test {
 protected:
  // A probe that counts its calls.
  FolderCensusBench() {
    const auto probe = bench_.dir / "probe";
    std::ofstream(probe) << "#!/bin/sh\necho >> '" << calls_.string() << "'\nexec '" ABI_PROBE "' \"$@\"\n";
    std::filesystem::permissions(probe, std::filesystem::perms{0755});
    bench_.options.probe_executable = probe.string();
  }

  FolderCensus& folder() {
    if (!folder_) folder_.emplace(std::move(PluginFolder::open(bench_.options).value()), bench_.log);
    return *folder_;
  }

  Census survey() {
    auto census = folder().survey();
    EXPECT_TRUE(census.has_value()) << (census ? "" : census.error().message);
    return census ? std::move(*census) : Census{};
  }

  Candidate only_candidate() {
    const auto census = survey();
    EXPECT_THAT(census.refused, testing::IsEmpty());
    EXPECT_THAT(census.candidates, testing::SizeIs(1));
    return census.candidates.empty() ? Candidate{} : census.candidates.front();
  }

  Refusal only_refusal() {
    const auto census = survey();
    EXPECT_THAT(census.candidates, testing::IsEmpty());
    EXPECT_THAT(census.refused, testing::SizeIs(1));
    return census.refused.empty() ? Refusal{} : census.refused.front();
  }

  std::size_t probes() const {
    std::ifstream in(calls_);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
  }

  // Gives the file another moment than any that the clock would.
  static void touch(const std::filesystem::path& file) {
    const timespec times[2] = {{1000, 0}, {1000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }

  // Runs `work` with no more than `count` descriptors left to this process.
  template <typename Work>
  static auto with_descriptors(int count, Work work) {
    const int lowest = ::dup(0);
    EXPECT_GE(lowest, 0);
    ::close(lowest);
    rlimit usual{};
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const rlimit scarce{static_cast<rlim_t>(lowest) + static_cast<rlim_t>(count), usual.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &scarce), 0);
    auto result = work();
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    return result;
  }

  test::PluginBench bench_;
  std::filesystem::path calls_ = bench_.dir / "calls";
  std::optional<FolderCensus> folder_;
};

}  // namespace herald::providers
