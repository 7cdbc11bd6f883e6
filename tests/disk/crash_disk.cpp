#include "crash_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace herald::disk {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// In place, so that the file keeps its inode; not cut to nothing first, which some file systems answer with a flush.
void write_whole(const std::string& path, const std::string& bytes) {
  if (!std::filesystem::exists(path)) std::ofstream(path, std::ios::binary).flush();
  std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
  std::filesystem::resize_file(path, bytes.size());
}

bool coin(Chance& chance) {
  return (chance() & 1U) != 0;
}

}  // namespace

void CrashDisk::opened(const std::string& path, bool made) {
  auto& file = files_[path];
  if (file.there) return;
  file.there = true;
  file.pending.clear();
  if (made) {
    file.safe.clear();
    file.safe_there = false;
    return;
  }
  file.safe_there = true;
  file.safe = bytes_of(path);
}

void CrashDisk::wrote(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  files_.at(path).pending.push_back({true, offset, std::string(bytes)});
}

void CrashDisk::truncated(const std::string& path, std::uint64_t size) {
  files_.at(path).pending.push_back({false, size, {}});
}

void CrashDisk::synced(const std::string& path) {
  auto& file = files_.at(path);
  for (const auto& change : file.pending)
    apply(file.safe, change);
  file.pending.clear();
}

void CrashDisk::folder_synced() {
  for (auto& [path, file] : files_) {
    if (file.safe_there && !file.there) {
      file.safe.clear();
      file.pending.clear();
    }
    file.safe_there = file.there;
  }
}

void CrashDisk::sync_failed(const std::string& path, Chance& chance) {
  auto& file = files_.at(path);
  apply_some(file.safe, file.pending, chance);
  file.pending.clear();
}

void CrashDisk::deleted(const std::string& path, bool safe) {
  auto& file = files_[path];
  file.there = false;
  if (!safe) return;
  file.safe_there = false;
  file.safe.clear();
  file.pending.clear();
}

void CrashDisk::cut_power(Chance& chance) {
  for (auto& [path, file] : files_) {
    apply_some(file.safe, file.pending, chance);
    file.pending.clear();
    // An entry that was made or removed without a sync of its directory is there or not.
    const bool stays = file.there == file.safe_there ? file.there : coin(chance);
    if (stays) {
      write_whole(path, file.safe);
    } else {
      std::filesystem::remove(path);
      file.safe.clear();
    }
    file.there = file.safe_there = stays;
  }
}

void CrashDisk::apply(std::string& bytes, const Change& change) {
  if (!change.is_write) {
    bytes.resize(change.at, '\0');
    return;
  }
  if (bytes.size() < change.at + change.bytes.size()) bytes.resize(change.at + change.bytes.size(), '\0');
  bytes.replace(change.at, change.bytes.size(), change.bytes);
}

// Some of the sectors that a write touches.
void CrashDisk::apply_sectors(std::string& bytes, const Change& change, Chance& chance) {
  const auto end = change.at + change.bytes.size();
  for (auto from = change.at; from < end;) {
    const auto to = std::min<std::uint64_t>((from / kSector + 1) * kSector, end);
    if (coin(chance)) apply(bytes, {true, from, change.bytes.substr(from - change.at, to - from)});
    from = to;
  }
}

void CrashDisk::apply_some(std::string& bytes, const std::vector<Change>& changes, Chance& chance) {
  enum class Fate { kNone, kAll, kFirst, kAny };
  const auto fate = static_cast<Fate>(chance() % 4);
  if (fate == Fate::kNone || changes.empty()) return;
  const auto whole = fate == Fate::kFirst ? chance() % changes.size() : changes.size();
  for (std::size_t index = 0; index < changes.size(); ++index) {
    const auto& change = changes[index];
    if (fate == Fate::kAny && (!change.is_write || coin(chance))) {
      if (!coin(chance)) continue;
      if (change.is_write) {
        apply_sectors(bytes, change, chance);
        continue;
      }
    }
    if (index < whole) {
      apply(bytes, change);
    } else {
      if (change.is_write) apply_sectors(bytes, change, chance);
      return;
    }
  }
}

}  // namespace herald::disk
