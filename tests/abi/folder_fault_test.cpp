// What is no fault of a plugin's file is no verdict on it, and what is not known of the folder is no removal.
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/folder_census_bench.h"
#include "base/worker.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using test::eventually;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FolderFault : public FolderCensusBench {};

TEST_F(FolderFault, KeepsWhatItKnowsWhenAFileCannotBeReadAgain) {
  bench_.install("well_behaved");
  only_candidate();
  const auto starved = with_descriptors(1, [this] { return folder().survey(); });
  ASSERT_TRUE(starved.has_value());
  EXPECT_THAT(starved->candidates, SizeIs(1));
}

TEST_F(FolderFault, TriesAgainWhatWasNotTheFilesFaultHoweverOldTheFile) {
  const auto file = bench_.install("well_behaved");
  const fs::path probe = bench_.options.probe_executable;
  fs::rename(probe, bench_.dir / "away");
  ASSERT_TRUE(eventually([&file] { return is_settled(fingerprint_of(file).value()); }));
  EXPECT_THAT(only_refusal().reason, HasSubstr("cannot be run"));
  fs::rename(bench_.dir / "away", probe);
  only_candidate();
}

TEST_F(FolderFault, TriesAgainWhenTheFileCouldNotBeOpened) {
  const auto file = bench_.install("well_behaved");
  folder();
  // The folder can be listed with one descriptor; the file, beside its folder, not be read.
  const auto starved = with_descriptors(1, [this] { return folder().survey(); });
  ASSERT_TRUE(starved.has_value());
  ASSERT_THAT(starved->refused, SizeIs(1));
  EXPECT_THAT(starved->refused[0].reason, HasSubstr("Too many open files"));
  only_candidate();
}

TEST_F(FolderFault, TriesAgainWhenTheProbeCouldNotBeRun) {
  bench_.install("well_behaved");
  const fs::path probe = bench_.options.probe_executable;
  fs::rename(probe, bench_.dir / "away");
  EXPECT_THAT(only_refusal().reason, HasSubstr("cannot be run"));
  const auto second = only_refusal();
  EXPECT_THAT(news({second}, {only_refusal()}), IsEmpty());
  fs::rename(bench_.dir / "away", probe);
  only_candidate();
}

TEST_F(FolderFault, TriesAgainWhenThePrivateCopyCouldNotBeMade) {
  bench_.install("well_behaved");
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const rlimit tiny{1024, usual.rlim_max};
  ASSERT_NE(::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tiny), 0);
  const auto starved = folder().survey();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  ASSERT_NE(::signal(SIGXFSZ, SIG_DFL), SIG_ERR);
  ASSERT_TRUE(starved.has_value());
  ASSERT_THAT(starved->refused, SizeIs(1));
  EXPECT_THAT(starved->refused[0].reason, HasSubstr("the host's private copy of it cannot be written"));
  only_candidate();
}

TEST_F(FolderFault, TriesAgainAFileThatIsChangedWhileItIsRead) {
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

TEST_F(FolderFault, KnowsAnEmptyFolder) {
  bench_.install("well_behaved");
  only_candidate();
  fs::remove(bench_.folder / "well_behaved.so");
  const auto census = survey();
  EXPECT_THAT(census.candidates, IsEmpty());
  EXPECT_THAT(census.refused, IsEmpty());
}

TEST_F(FolderFault, KnowsNothingOfAFolderThatCannotBeReadAndSaysSoOnce) {
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

TEST_F(FolderFault, KnowsNothingWhenItHasNoDescriptorToListTheFolder) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer opens descriptors of its own to look at an object, and here there are none";
#endif
  bench_.install("well_behaved");
  only_candidate();
  EXPECT_FALSE(with_descriptors(0, [this] { return folder().survey(); }).has_value());
  only_candidate();
}

TEST_F(FolderFault, DoesNotTakeAnUnmountForARemoval) {
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

TEST_F(FolderFault, EndsWhenItIsCancelled) {
  bench_.install("well_behaved", "a");
  bench_.install("scripted", "b");
  std::atomic<int> asked{0};
  EXPECT_FALSE(folder().survey([&asked] { return ++asked == 2; }).has_value());
  EXPECT_EQ(probes(), 1U);
  EXPECT_THAT(bench_.log.lines(), IsEmpty());
}

// Names come and go all the while; the one that only changes its name is never missing.
TEST_F(FolderFault, NeverMissesAFileThatIsRenamed) {
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
