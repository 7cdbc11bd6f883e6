// What the host knows of its plugin folder, over real libraries and a real probe.
#include "providers/folder_census.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "base/worker.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using test::eventually;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FolderCensusTest : public testing::Test {
 protected:
  // A probe that counts its calls.
  FolderCensusTest() {
    const auto probe = bench_.dir / "probe";
    std::ofstream(probe) << "#!/bin/sh\necho >> '" << calls_.string() << "'\nexec '" ABI_PROBE "' \"$@\"\n";
    fs::permissions(probe, fs::perms{0755});
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
    EXPECT_THAT(census.refused, IsEmpty());
    EXPECT_THAT(census.candidates, SizeIs(1));
    return census.candidates.empty() ? Candidate{} : census.candidates.front();
  }

  Refusal only_refusal() {
    const auto census = survey();
    EXPECT_THAT(census.candidates, IsEmpty());
    EXPECT_THAT(census.refused, SizeIs(1));
    return census.refused.empty() ? Refusal{} : census.refused.front();
  }

  std::size_t probes() const {
    std::ifstream in(calls_);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
  }

  // Gives the file another moment than any that the clock would.
  static void touch(const fs::path& file) {
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
  fs::path calls_ = bench_.dir / "calls";
  std::optional<FolderCensus> folder_;
};

TEST_F(FolderCensusTest, KnowsWhatCouldRunAndWhatNot) {
  bench_.install("well_behaved", "b");
  bench_.install("no_symbol", "a");
  bench_.write("c.so", "not a library\n");
  const auto census = survey();
  ASSERT_THAT(census.candidates, SizeIs(1));
  EXPECT_EQ(census.candidates[0].source, bench_.folder / "b.so");
  EXPECT_EQ(census.candidates[0].descriptor.name, "well-behaved");
  ASSERT_THAT(census.refused, SizeIs(2));
  EXPECT_THAT(census.refused[0].reason, HasSubstr("exports no herald_plugin_entry"));
  EXPECT_THAT(census.refused[1].reason, HasSubstr("no ELF file"));
}

TEST_F(FolderCensusTest, TriesAFileOnce) {
  bench_.install("well_behaved");
  bench_.install("crash_on_load");
  for (int i = 0; i < 3; ++i)
    survey();
  EXPECT_EQ(probes(), 2U);
}

TEST_F(FolderCensusTest, TellsOfARefusalOnce) {
  bench_.install("crash_on_load");
  const auto first = survey().refused;
  EXPECT_THAT(news({}, first), SizeIs(1));
  EXPECT_THAT(news(first, survey().refused), IsEmpty());
}

TEST_F(FolderCensusTest, TriesARefusedFileAgainWhenItIsTouched) {
  const auto file = bench_.install("crash_on_load");
  const auto before = survey().refused;
  touch(file);
  const auto after = survey().refused;
  EXPECT_EQ(probes(), 2U);
  EXPECT_THAT(news(before, after), SizeIs(1));
}

TEST_F(FolderCensusTest, TakesAFileThatWasMended) {
  bench_.install("crash_on_load", "a");
  only_refusal();
  fs::remove(bench_.folder / "a.so");
  bench_.install("well_behaved", "a");
  EXPECT_EQ(only_candidate().descriptor.name, "well-behaved");
}

TEST_F(FolderCensusTest, KnowsTheSameBytesWhenTheyAreTouched) {
  const auto file = bench_.install("well_behaved");
  const auto before = only_candidate();
  touch(file);
  const auto after = only_candidate();
  EXPECT_EQ(after.hash, before.hash);
  EXPECT_EQ(after.copy, before.copy);
  EXPECT_NE(after.fingerprint, before.fingerprint);
  EXPECT_EQ(probes(), 1U);
}

TEST_F(FolderCensusTest, KnowsTheSameBytesUnderAnotherName) {
  const auto file = bench_.install("well_behaved");
  const auto before = only_candidate();
  fs::rename(file, bench_.folder / "z.so");
  const auto after = only_candidate();
  EXPECT_EQ(after.source, bench_.folder / "z.so");
  EXPECT_EQ(after.hash, before.hash);
  EXPECT_EQ(after.copy, before.copy);
  EXPECT_EQ(after.descriptor, before.descriptor);
  EXPECT_EQ(probes(), 1U);
}

TEST_F(FolderCensusTest, KnowsOtherBytesUnderTheSameName) {
  bench_.install("well_behaved", "a");
  const auto before = only_candidate();
  bench_.install("well_behaved_2", "new");
  fs::rename(bench_.folder / "new.so", bench_.folder / "a.so");
  const auto after = only_candidate();
  EXPECT_EQ(after.descriptor.version, "2.0.0");
  EXPECT_NE(after.hash, before.hash);
  EXPECT_NE(after.copy, before.copy);
}

// Of the same length and in the same file: where the clock that stamps it has not moved on, nothing shows.
TEST_F(FolderCensusTest, NoticesAFileThatIsRewrittenWithinOneStepOfItsTimeStamps) {
  for (int i = 0; i < 50; ++i) {
    bench_.write("a.so", "not a library...");
    EXPECT_THAT(only_refusal().reason, HasSubstr("no ELF file")) << i;
    bench_.write("a.so",
                 "\x7f"
                 "ELF............");
    EXPECT_THAT(only_refusal().reason, HasSubstr("truncated")) << i;
  }
}

TEST_F(FolderCensusTest, RefusesAFileThatOthersMayWriteByNow) {
  const auto file = bench_.install("well_behaved");
  only_candidate();
  fs::permissions(file, fs::perms{0775});
  EXPECT_THAT(only_refusal().reason, HasSubstr("mode 0775"));
  fs::permissions(file, fs::perms{0755});
  only_candidate();
}

TEST_F(FolderCensusTest, RefusesAllFilesOfAFolderThatOthersMayWriteByNow) {
  bench_.install("well_behaved");
  only_candidate();
  fs::permissions(bench_.folder, fs::perms{0775});
  EXPECT_THAT(only_refusal().reason, HasSubstr("its folder may be written by others"));
  fs::permissions(bench_.folder, fs::perms{0755});
  only_candidate();
}

TEST_F(FolderCensusTest, NoticesThatALinkLeadsElsewhere) {
  fs::rename(bench_.install("well_behaved"), bench_.dir / "one");
  fs::rename(bench_.install("scripted"), bench_.dir / "two");
  fs::create_symlink(bench_.dir / "one", bench_.folder / "a.so");
  EXPECT_EQ(only_candidate().descriptor.name, "well-behaved");
  fs::create_symlink(bench_.dir / "two", bench_.folder / "next");
  fs::rename(bench_.folder / "next", bench_.folder / "a.so");
  EXPECT_EQ(only_candidate().descriptor.name, "scripted");
  fs::remove(bench_.dir / "two");
  EXPECT_THAT(only_refusal().reason, HasSubstr("cannot be reached"));
}

TEST_F(FolderCensusTest, MakesALostPrivateCopyAnew) {
  bench_.install("well_behaved");
  fs::remove(only_candidate().copy);
  EXPECT_TRUE(fs::exists(only_candidate().copy));
}

TEST_F(FolderCensusTest, KeepsTheCopiesOfItsCandidatesAndOfWhatRuns) {
  bench_.install("well_behaved", "a");
  const auto running = only_candidate().copy;
  bench_.install("scripted", "b");
  const auto other = survey().candidates.at(1).copy;
  fs::remove(bench_.folder / "a.so");
  survey();
  folder().remove_copies_except({running});
  EXPECT_TRUE(fs::exists(running));
  EXPECT_TRUE(fs::exists(other));
  folder().remove_copies_except({});
  EXPECT_FALSE(fs::exists(running));
  EXPECT_TRUE(fs::exists(other));
}

TEST_F(FolderCensusTest, TriesAgainWhenTheFileCouldNotBeOpened) {
  const auto file = bench_.install("well_behaved");
  folder();
  // The folder can be listed with one descriptor; the file, beside its folder, not be read.
  const auto starved = with_descriptors(1, [this] { return folder().survey(); });
  ASSERT_TRUE(starved.has_value());
  ASSERT_THAT(starved->refused, SizeIs(1));
  EXPECT_THAT(starved->refused[0].reason, HasSubstr("Too many open files"));
  only_candidate();
}

TEST_F(FolderCensusTest, TriesAgainWhenTheProbeCouldNotBeRun) {
  bench_.install("well_behaved");
  const fs::path probe = bench_.options.probe_executable;
  fs::rename(probe, bench_.dir / "away");
  EXPECT_THAT(only_refusal().reason, HasSubstr("cannot be run"));
  const auto second = only_refusal();
  EXPECT_THAT(news({second}, {only_refusal()}), IsEmpty());
  fs::rename(bench_.dir / "away", probe);
  only_candidate();
}

TEST_F(FolderCensusTest, TriesAgainWhenThePrivateCopyCouldNotBeMade) {
  bench_.install("well_behaved");
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const rlimit tiny{1024, usual.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tiny), 0);
  const auto starved = folder().survey();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  ::signal(SIGXFSZ, SIG_DFL);
  ASSERT_TRUE(starved.has_value());
  ASSERT_THAT(starved->refused, SizeIs(1));
  EXPECT_THAT(starved->refused[0].reason, HasSubstr("the host's private copy of it cannot be written"));
  only_candidate();
}

TEST_F(FolderCensusTest, TriesAgainAFileThatIsChangedWhileItIsRead) {
  const auto file = bench_.write("a.so", "not a library\n");
  fs::resize_file(file, 32UL << 20U);
  std::atomic<bool> over{false};
  base::Worker changing("test-changes", [&] {
    for (long second = 1; !over; ++second) {
      const timespec times[2] = {{second, 0}, {second, 0}};
      ::utimensat(AT_FDCWD, file.c_str(), times, 0);
    }
  });
  const bool noticed =
      eventually([this] { return only_refusal().reason.find("it is changed while it is read") != std::string::npos; });
  over = true;
  changing.join();
  EXPECT_TRUE(noticed);
  EXPECT_THAT(only_refusal().reason, HasSubstr("no ELF file"));
}

TEST_F(FolderCensusTest, KnowsAnEmptyFolder) {
  bench_.install("well_behaved");
  only_candidate();
  fs::remove(bench_.folder / "well_behaved.so");
  const auto census = survey();
  EXPECT_THAT(census.candidates, IsEmpty());
  EXPECT_THAT(census.refused, IsEmpty());
}

TEST_F(FolderCensusTest, KnowsNothingOfAFolderThatCannotBeReadAndSaysSoOnce) {
  bench_.install("well_behaved");
  only_candidate();
  fs::rename(bench_.folder, bench_.dir / "away");
  EXPECT_FALSE(folder().survey().has_value());
  EXPECT_FALSE(folder().survey().has_value());
  EXPECT_THAT(bench_.log.of("provider.folder_unusable"), SizeIs(1));
  fs::rename(bench_.dir / "away", bench_.folder);
  only_candidate();
  EXPECT_EQ(probes(), 1U);
  EXPECT_THAT(bench_.log.of("provider.folder_usable"), SizeIs(1));
  fs::rename(bench_.folder, bench_.dir / "away");
  EXPECT_FALSE(folder().survey().has_value());
  EXPECT_THAT(bench_.log.of("provider.folder_unusable"), SizeIs(2));
}

TEST_F(FolderCensusTest, KnowsNothingWhenItHasNoDescriptorToListTheFolder) {
  bench_.install("well_behaved");
  only_candidate();
  EXPECT_FALSE(with_descriptors(0, [this] { return folder().survey(); }).has_value());
  only_candidate();
}

TEST_F(FolderCensusTest, DoesNotTakeAnUnmountForARemoval) {
  struct stat here {};
  struct stat shared {};
  ASSERT_EQ(::stat(bench_.folder.c_str(), &here), 0);
  if (::stat("/dev/shm", &shared) != 0 || ::access("/dev/shm", W_OK) != 0 || shared.st_dev == here.st_dev)
    GTEST_SKIP() << "there is no second file system to write to";
  std::string other = "/dev/shm/herald-test-XXXXXX";
  ASSERT_NE(::mkdtemp(other.data()), nullptr);
  bench_.install("well_behaved");
  fs::rename(bench_.folder, bench_.dir / "mounted");
  fs::create_directory_symlink(bench_.dir / "mounted", bench_.folder);
  only_candidate();
  fs::remove(bench_.folder);
  fs::create_directory_symlink(other, bench_.folder);
  const auto unmounted = folder().survey();
  EXPECT_FALSE(unmounted.has_value());
  fs::remove(bench_.folder);
  fs::create_directory_symlink(bench_.dir / "mounted", bench_.folder);
  only_candidate();
  fs::remove_all(other);
  EXPECT_THAT(unmounted.error().message, HasSubstr("as an unmount leaves it; mount it again"));
}

TEST_F(FolderCensusTest, EndsWhenItIsCancelled) {
  bench_.install("well_behaved", "a");
  bench_.install("scripted", "b");
  int asked = 0;
  EXPECT_FALSE(folder().survey([&asked] { return ++asked == 2; }).has_value());
  EXPECT_EQ(probes(), 1U);
  EXPECT_THAT(bench_.log.lines(), IsEmpty());
}

// Names come and go all the while; the one that only changes its name is never missing.
TEST_F(FolderCensusTest, NeverMissesAFileThatIsRenamed) {
  for (int i = 0; i < 100; ++i)
    bench_.write("notes-" + std::to_string(i), "of no concern");
  auto file = bench_.install("well_behaved", "a");
  only_candidate();
  std::atomic<bool> over{false};
  base::Worker renaming("test-renames", [&] {
    for (int i = 0; !over; ++i) {
      const auto next = bench_.folder / ("name" + std::to_string(i % 7) + ".so");
      fs::rename(file, next);
      file = next;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});  // tidy: sleeps because a listing needs a quiet moment
    }
  });
  int seen = 0;
  for (int i = 0; i < 300; ++i) {
    const auto census = folder().survey();
    if (!census) continue;  // it says that it does not know, which is right
    ++seen;
    EXPECT_EQ(census->candidates.size() + census->refused.size(), 1U);
  }
  over = true;
  renaming.join();
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace herald::providers
