// What the host knows of its plugin folder, over real libraries and a real probe.
#include "providers/folder_census.h"

#include <sys/mman.h>

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/folder_census_bench.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FolderCensusTest : public FolderCensusBench {};

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

// A write into memory that is mapped and dirty already leaves the stamps as they are, as any write does while the clock
// that they are taken from has not moved on.
TEST_F(FolderCensusTest, NoticesAFileThatIsRewrittenUnderTheSameTimeStamps) {
  const auto file = bench_.write("a.so", "not a library...");
  const int opened = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(opened, 0);
  void* const mapped = ::mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  ::close(opened);
  ASSERT_NE(mapped, MAP_FAILED);
  std::memcpy(mapped, "NOT", 3);
  const auto before = only_refusal();
  std::memcpy(mapped, "\177ELF", 4);
  const auto after = only_refusal();
  ::munmap(mapped, 16);
  EXPECT_THAT(before.reason, HasSubstr("no ELF file"));
  EXPECT_THAT(after.reason, HasSubstr("truncated"));
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

}  // namespace
}  // namespace herald::providers
