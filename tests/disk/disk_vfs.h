// A file layer for SQLite over a CrashDisk, in which every operation can go wrong.
//
// The platform's own layer does the work; real syncs are left out, since the CrashDisk says what they would have made
// safe. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "crash_disk.h"
#include "support/vfs_layer.h"

namespace herald::disk {

enum class Operation : std::uint8_t { kRead, kWrite, kSync, kTruncate, kOpen, kDelete, kShmMap, kShmLock };
constexpr std::size_t kOperations = 8;
const char* to_string(Operation operation);

enum class Harm : std::uint8_t {
  kNone,
  kError,     // it fails with EIO and has done nothing; of a sync: and what was to be synced is lost in part
  kFull,      // ENOSPC: it fails with SQLITE_FULL and has done nothing
  kTorn,      // a part of a write is done, then it fails with EIO
  kTornFull,  // a part of a write is done, then it fails with SQLITE_FULL
  kBusy,      // a lock is not given
  kDelay,     // it works, late
  kFalse,     // it works, and says EIO
  kCut,       // the power goes before it
  kCutBehind  // the power goes behind it, before anyone hears that it worked
};
constexpr std::size_t kHarms = 10;
const char* to_string(Harm harm);
// Whether such an operation can be harmed so.
bool can_harm(Operation operation, Harm harm);

class DiskVfs final : public test::VfsLayer {
 public:
  // How the disk treats what it is asked to sync. All but the first are the mistakes that a harness must notice: of a
  // disk, or of a store that would do so by itself.
  enum class Honesty : std::uint8_t {
    kHonest,
    kLies,                // says that it has synced, and has not
    kHidesFailedSyncs,    // a failed sync is taken for a good one
    kRetriesFailedSyncs,  // a failed sync is called again, as is, until it succeeds
  };

  // Both are borrowed.
  DiskVfs(CrashDisk& disk, Chance& chance) : VfsLayer("disk"), disk_(disk), chance_(chance) {}

  // Asked before every operation; empty: nothing goes wrong.
  std::function<Harm(Operation)> script;
  // Called while a delayed operation is under way.
  std::function<void()> delayed;
  Honesty honesty = Honesty::kHonest;

  // From here on every operation fails and leaves no trace, until revive(): the machine or the process is gone.
  void die() { dead_ = true; }
  void revive() { dead_ = false; }
  bool dead() const { return dead_; }

  std::uint64_t fired(Harm harm) const { return fired_.at(static_cast<std::size_t>(harm)); }

 private:
  int open(test::LayeredFile& file, int* out_flags) override;
  int remove(const std::string& path, bool sync_folder) override;
  int pause(int microseconds) override;
  int read(test::LayeredFile& file, void* to, int count, sqlite3_int64 at) override;
  int write(test::LayeredFile& file, const void* from, int count, sqlite3_int64 at) override;
  int truncate(test::LayeredFile& file, sqlite3_int64 size) override;
  int sync(test::LayeredFile& file, int flags) override;
  int map_shared(test::LayeredFile& file, int page, int bytes, int extend, void volatile** at) override;
  int lock_shared(test::LayeredFile& file, int offset, int count, int flags) override;
  int unmap_shared(test::LayeredFile& file, int remove) override;

  Harm harm_of(Operation operation);

  CrashDisk& disk_;
  Chance& chance_;
  std::set<std::string> unsynced_entries_;  // files whose first sync is to sync their folder too
  bool dead_ = false;
  std::array<std::uint64_t, kHarms> fired_{};
};

}  // namespace herald::disk
