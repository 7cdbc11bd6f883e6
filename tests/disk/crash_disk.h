// What a disk would hold after a loss of power: the files under a folder, and what of them had been synced.
//
// One thread. The files themselves stand in the file system and show what the page cache shows: every write, synced or
// not. This class keeps beside them what a sync has made safe, and what came since. A sector is written whole or not at
// all, and bytes beside a write stay as they were; sectors of one write, and writes of one file, come in any order.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace herald::disk {

using Chance = std::mt19937_64;

class CrashDisk {
 public:
  static constexpr std::size_t kSector = 512;  // bytes; the smallest piece that disks write whole

  // What was in the file when it was seen first counts as safe. `made`: the open made the file.
  void opened(const std::string& path, bool made);
  void wrote(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void truncated(const std::string& path, std::uint64_t size);
  void synced(const std::string& path);
  // What was made and removed in the folder stays so.
  void folder_synced();
  // As Linux does it: some sectors have come to the disk, the others never will, and the next sync knows of neither.
  void sync_failed(const std::string& path, Chance& chance);
  // `safe`: the directory was synced too, so that the file does not come back.
  void deleted(const std::string& path, bool safe);

  // The power goes: rewrites the files as the disk holds them, with some of what was not synced. Nothing may have them
  // open. What is left counts as safe from then on.
  void cut_power(Chance& chance);

 private:
  struct Change {
    bool is_write = true;
    std::uint64_t at = 0;  // of a write; the size of a truncation
    std::string bytes;
  };
  struct File {
    bool there = false;       // as the file system shows it
    bool safe_there = false;  // its entry in the directory is on disk
    std::string safe;
    std::vector<Change> pending;
  };

  static void apply(std::string& bytes, const Change& change);
  static void apply_sectors(std::string& bytes, const Change& change, Chance& chance);
  static void apply_some(std::string& bytes, const std::vector<Change>& changes, Chance& chance);

  std::map<std::string, File> files_;
};

}  // namespace herald::disk
