// The disk that loses its power: what it keeps and what it may lose.
#include "crash_disk.h"

#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::disk {
namespace {

class CrashDiskTest : public ::testing::Test {
 protected:
  CrashDiskTest() : path_((folder_ / "file").string()) {}

  // Removed first: a file that is cut to nothing and written anew is flushed by some file systems.
  void put(const std::string& bytes) const {
    std::filesystem::remove(path_);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool there() const { return std::filesystem::exists(path_); }

  // What the file may hold after a cut, over many seeds; the disk is made anew for each.
  template <typename Deed>
  std::set<std::string> after_cuts(const Deed& deed) {
    std::set<std::string> found;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      put(std::string(2'048, 'a'));
      CrashDisk disk;
      disk.opened(path_, false);
      Chance chance(seed);
      deed(disk, chance);
      disk.cut_power(chance);
      found.insert(there() ? bytes() : "gone");
    }
    return found;
  }

  test::TempDir folder_;
  std::string path_;
};

TEST_F(CrashDiskTest, KeepsWhatWasSynced) {
  const auto found = after_cuts([this](CrashDisk& disk, Chance&) {
    disk.wrote(path_, 0, "bbbb");
    disk.synced(path_);
  });
  EXPECT_EQ(found, std::set<std::string>{"bbbb" + std::string(2'044, 'a')});
}

TEST_F(CrashDiskTest, MayKeepOrLoseEachSectorOfWhatWasNotSynced) {
  const auto found = after_cuts([this](CrashDisk& disk, Chance&) { disk.wrote(path_, 0, std::string(1'024, 'b')); });
  const std::string a(512, 'a');
  const std::string b(512, 'b');
  EXPECT_EQ(found, (std::set<std::string>{a + a + a + a, b + a + a + a, a + b + a + a, b + b + a + a}));
}

TEST_F(CrashDiskTest, KeepsTheBytesBesideAWrite) {
  for (const auto& found : after_cuts([this](CrashDisk&disk, Chance&) { disk.wrote(path_, 500, "bbbb"); })) {
    EXPECT_EQ(found.substr(0, 500), std::string(500, 'a'));
    EXPECT_EQ(found.substr(504), std::string(1'544, 'a'));
  }
}

TEST_F(CrashDiskTest, MayLoseALaterWriteOrAnEarlierOne) {
  const auto found = after_cuts([this](CrashDisk& disk, Chance&) {
    disk.wrote(path_, 0, "b");
    disk.wrote(path_, 1'024, "b");
  });
  EXPECT_EQ(found.size(), 4U);
}

TEST_F(CrashDiskTest, NeverKeepsLaterWhatAFailedSyncHasLost) {
  const auto found = after_cuts([this](CrashDisk& disk, Chance& chance) {
    disk.wrote(path_, 0, "b");
    disk.sync_failed(path_, chance);
    disk.synced(path_);  // succeeds, and has nothing to do
  });
  EXPECT_EQ(found.size(), 2U) << "there or lost, whatever a second sync says";
}

TEST_F(CrashDiskTest, MayBringBackAFileThatWasRemovedWithoutASyncOfItsFolder) {
  EXPECT_EQ(after_cuts([this](CrashDisk& disk, Chance&) { disk.deleted(path_, false); }).size(), 2U);
  const auto gone = after_cuts([this](CrashDisk& disk, Chance&) {
    disk.deleted(path_, false);
    disk.folder_synced();
  });
  EXPECT_EQ(gone, std::set<std::string>{"gone"});
}

TEST_F(CrashDiskTest, MayLoseAFileThatWasMadeWithoutASyncOfItsFolder) {
  const auto other = (folder_ / "other").string();
  std::set<bool> found;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CrashDisk disk;
    Chance chance(seed);
    disk.opened(other, true);
    disk.wrote(other, 0, "b");
    disk.synced(other);
    disk.cut_power(chance);
    found.insert(std::filesystem::exists(other));
    std::filesystem::remove(other);
  }
  EXPECT_EQ(found.size(), 2U);
}

}  // namespace
}  // namespace herald::disk
