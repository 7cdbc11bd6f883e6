#include "disk_vfs.h"

#include <filesystem>

namespace herald::disk {

namespace {

// SQLite's code for an operation that fails with EIO.
int io_error(Operation operation) {
  switch (operation) {
    case Operation::kRead:
      return SQLITE_IOERR_READ;
    case Operation::kWrite:
      return SQLITE_IOERR_WRITE;
    case Operation::kSync:
      return SQLITE_IOERR_FSYNC;
    case Operation::kTruncate:
      return SQLITE_IOERR_TRUNCATE;
    case Operation::kOpen:
      return SQLITE_CANTOPEN;
    case Operation::kDelete:
      return SQLITE_IOERR_DELETE;
    case Operation::kShmMap:
      return SQLITE_IOERR_SHMMAP;
    case Operation::kShmLock:
      return SQLITE_IOERR_SHMLOCK;
  }
  return SQLITE_IOERR;
}

int code_of(Harm harm, Operation operation) {
  if (harm == Harm::kFull || harm == Harm::kTornFull) return SQLITE_FULL;
  if (harm == Harm::kBusy) return SQLITE_BUSY;
  return io_error(operation);
}

// Whether it is told as failed.
bool fails(Harm harm) {
  return harm != Harm::kNone && harm != Harm::kDelay;
}

// Whether it is done as a whole.
bool works(Harm harm) {
  return !fails(harm) || harm == Harm::kFalse || harm == Harm::kCutBehind;
}

}  // namespace

const char* to_string(Operation operation) {
  constexpr std::array kNames{"read", "write", "sync", "truncate", "open", "delete", "shm-map", "shm-lock"};
  return kNames.at(static_cast<std::size_t>(operation));
}

const char* to_string(Harm harm) {
  constexpr std::array kNames{"none", "error", "full",  "torn", "torn-full",
                              "busy", "delay", "false", "cut",  "cut-behind"};
  return kNames.at(static_cast<std::size_t>(harm));
}

bool can_harm(Operation operation, Harm harm) {
  switch (harm) {
    case Harm::kFull:
      return operation == Operation::kWrite;
    case Harm::kTorn:
    case Harm::kTornFull:
      return operation == Operation::kWrite;
    case Harm::kBusy:
      return operation == Operation::kShmLock;
    case Harm::kDelay:
      return operation == Operation::kWrite || operation == Operation::kSync;
    case Harm::kFalse:
      return operation == Operation::kWrite || operation == Operation::kSync || operation == Operation::kTruncate;
    case Harm::kCutBehind:
      return operation == Operation::kSync || operation == Operation::kTruncate || operation == Operation::kDelete;
    case Harm::kCut:
      return operation != Operation::kRead && operation != Operation::kShmLock;  // the disk does not change with these
    default:
      return true;
  }
}

Harm DiskVfs::harm_of(Operation operation) {
  if (dead_) return Harm::kCut;
  if (!script) return Harm::kNone;
  const Harm harm = script(operation);
  ++fired_.at(static_cast<std::size_t>(harm));
  if (harm == Harm::kDelay && delayed) delayed();
  if (harm == Harm::kCut || harm == Harm::kCutBehind) dead_ = true;
  return harm;
}

int DiskVfs::open(test::LayeredFile& file, int* out_flags) {
  if (fails(harm_of(Operation::kOpen))) return SQLITE_CANTOPEN;
  const std::string path = file.path;
  const bool existed = std::filesystem::exists(path);
  const int code = VfsLayer::open(file, out_flags);
  if (code != SQLITE_OK) return code;
  // As the platform's layer does it.
  if ((file.flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) unsynced_entries_.insert(path);
  disk_.opened(path, !existed);
  return SQLITE_OK;
}

int DiskVfs::remove(const std::string& path, bool sync_folder) {
  const Harm found = harm_of(Operation::kDelete);
  if (!works(found)) return SQLITE_IOERR_DELETE;
  const int code = VfsLayer::remove(path, false);
  if (code == SQLITE_OK) disk_.deleted(path, sync_folder);
  return fails(found) ? SQLITE_IOERR_DELETE : code;
}

// Nobody else runs who could give a lock back meanwhile.
int DiskVfs::pause(int microseconds) {
  return microseconds;
}

int DiskVfs::read(test::LayeredFile& file, void* to, int count, sqlite3_int64 at) {
  if (fails(harm_of(Operation::kRead))) return SQLITE_IOERR_READ;
  return VfsLayer::read(file, to, count, at);
}

int DiskVfs::write(test::LayeredFile& file, const void* from, int count, sqlite3_int64 at) {
  const Harm found = harm_of(Operation::kWrite);
  const bool torn = found == Harm::kTorn || found == Harm::kTornFull;
  if (!works(found) && !torn) return code_of(found, Operation::kWrite);
  if (torn) count = static_cast<int>(chance_() % static_cast<std::uint64_t>(count));
  if (count > 0) {
    const int code = VfsLayer::write(file, from, count, at);
    if (code != SQLITE_OK) return code;
    disk_.wrote(file.path, static_cast<std::uint64_t>(at),
                {static_cast<const char*>(from), static_cast<std::size_t>(count)});
  }
  return fails(found) ? code_of(found, Operation::kWrite) : SQLITE_OK;
}

int DiskVfs::truncate(test::LayeredFile& file, sqlite3_int64 size) {
  const Harm found = harm_of(Operation::kTruncate);
  if (!works(found)) return SQLITE_IOERR_TRUNCATE;
  const int code = VfsLayer::truncate(file, size);
  if (code != SQLITE_OK) return code;
  disk_.truncated(file.path, static_cast<std::uint64_t>(size));
  return fails(found) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int DiskVfs::sync(test::LayeredFile& file, int /*flags*/) {
  const Harm found = harm_of(Operation::kSync);
  if (dead_ && found != Harm::kCutBehind) return SQLITE_IOERR_FSYNC;
  if (honesty == Honesty::kLies) return dead_ ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  if (works(found)) {
    disk_.synced(file.path);
    if (unsynced_entries_.erase(file.path) != 0) disk_.folder_synced();
  } else {
    disk_.sync_failed(file.path, chance_);
  }
  if (!fails(found)) return SQLITE_OK;
  const bool hidden = !dead_ && honesty != Honesty::kHonest;
  // The second call finds nothing to do, and says that all is well.
  if (hidden && honesty == Honesty::kRetriesFailedSyncs) disk_.synced(file.path);
  return hidden ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int DiskVfs::map_shared(test::LayeredFile& file, int page, int bytes, int extend, void volatile** at) {
  if (!fails(harm_of(Operation::kShmMap))) return VfsLayer::map_shared(file, page, bytes, extend, at);
  *at = nullptr;
  return SQLITE_IOERR_SHMMAP;
}

int DiskVfs::lock_shared(test::LayeredFile& file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    const Harm found = harm_of(Operation::kShmLock);
    if (fails(found)) return code_of(found, Operation::kShmLock);
  }
  return VfsLayer::lock_shared(file, offset, count, flags);
}

// A process that is gone removes nothing.
int DiskVfs::unmap_shared(test::LayeredFile& file, int remove) {
  return VfsLayer::unmap_shared(file, dead_ ? 0 : remove);
}

}  // namespace herald::disk
