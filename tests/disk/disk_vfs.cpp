#include "disk_vfs.h"

#include <sqlite3.h>

#include <filesystem>
#include <new>
#include <utility>

namespace herald::disk {

struct DiskVfs::Layer {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  DiskVfs* self = nullptr;
};

namespace {

// What SQLite allocates for a file of ours; the real file follows it in the same memory.
struct File {
  sqlite3_file base;
  DiskVfs* vfs;
  const std::string* path;
  bool syncs_folder;  // with its first sync
};

File& own(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
const sqlite3_io_methods& methods(sqlite3_file* file) {
  return *real(file)->pMethods;
}

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
  ++counts_.at(static_cast<std::size_t>(operation));
  if (!script) return Harm::kNone;
  const Harm harm = script(operation);
  ++fired_.at(static_cast<std::size_t>(harm));
  if (harm == Harm::kDelay && delayed) delayed();
  if (harm == Harm::kCut || harm == Harm::kCutBehind) dead_ = true;
  return harm;
}

struct VfsCalls {
  static Harm harm(sqlite3_file* file, Operation operation) { return own(file).vfs->harm_of(operation); }

  static int close(sqlite3_file* file) {
    auto& self = own(file);
    delete self.path;
    return methods(file).xClose(real(file));
  }

  static int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
    if (fails(harm(file, Operation::kRead))) return SQLITE_IOERR_READ;
    return methods(file).xRead(real(file), to, count, at);
  }

  static int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
    const Harm found = harm(file, Operation::kWrite);
    const bool torn = found == Harm::kTorn || found == Harm::kTornFull;
    if (!works(found) && !torn) return code_of(found, Operation::kWrite);
    auto& self = own(file);
    if (torn) count = static_cast<int>(self.vfs->chance_() % static_cast<std::uint64_t>(count));
    if (count > 0) {
      const int code = methods(file).xWrite(real(file), from, count, at);
      if (code != SQLITE_OK) return code;
      self.vfs->disk_.wrote(*self.path, static_cast<std::uint64_t>(at),
                            {static_cast<const char*>(from), static_cast<std::size_t>(count)});
    }
    return fails(found) ? code_of(found, Operation::kWrite) : SQLITE_OK;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Harm found = harm(file, Operation::kTruncate);
    if (!works(found)) return SQLITE_IOERR_TRUNCATE;
    const int code = methods(file).xTruncate(real(file), size);
    if (code != SQLITE_OK) return code;
    own(file).vfs->disk_.truncated(*own(file).path, static_cast<std::uint64_t>(size));
    return fails(found) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    auto& vfs = *own(file).vfs;
    const auto& path = *own(file).path;
    const Harm found = harm(file, Operation::kSync);
    if (vfs.dead_ && found != Harm::kCutBehind) return SQLITE_IOERR_FSYNC;
    if (vfs.honesty == DiskVfs::Honesty::kLies) return vfs.dead_ ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    if (works(found)) {
      vfs.disk_.synced(path);
      // As the platform's layer does it.
      if (std::exchange(own(file).syncs_folder, false)) vfs.disk_.folder_synced();
    } else {
      vfs.disk_.sync_failed(path, vfs.chance_);
    }
    if (!fails(found)) return SQLITE_OK;
    const bool hidden = !vfs.dead_ && vfs.honesty != DiskVfs::Honesty::kHonest;
    // The second call finds nothing to do, and says that all is well.
    if (hidden && vfs.honesty == DiskVfs::Honesty::kRetriesFailedSyncs) vfs.disk_.synced(path);
    return hidden ? SQLITE_OK : SQLITE_IOERR_FSYNC;
  }

  static int map(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
    if (fails(harm(file, Operation::kShmMap))) {
      *at = nullptr;
      return SQLITE_IOERR_SHMMAP;
    }
    return methods(file).xShmMap(real(file), page, bytes, extend, at);
  }

  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    if ((flags & SQLITE_SHM_LOCK) != 0) {
      const Harm found = harm(file, Operation::kShmLock);
      if (fails(found)) return code_of(found, Operation::kShmLock);
    }
    return methods(file).xShmLock(real(file), offset, count, flags);
  }

  // A process that is gone removes nothing.
  static int unmap(sqlite3_file* file, int remove) {
    return methods(file).xShmUnmap(real(file), own(file).vfs->dead_ ? 0 : remove);
  }

  static int open(sqlite3_vfs* layered, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    const auto* layer = static_cast<const DiskVfs::Layer*>(layered->pAppData);
    auto* self = new (file) File{};
    self->vfs = layer->self;
    if (fails(layer->self->harm_of(Operation::kOpen))) return SQLITE_CANTOPEN;
    const bool existed = std::filesystem::exists(path);
    const int code = layer->real->xOpen(layer->real, path, real(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    self->base.pMethods = &kMethods;
    self->path = new std::string(path);
    self->syncs_folder = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    layer->self->disk_.opened(*self->path, !existed);
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* layered, const char* path, int sync_directory) {
    const auto* layer = static_cast<const DiskVfs::Layer*>(layered->pAppData);
    const Harm found = layer->self->harm_of(Operation::kDelete);
    if (!works(found)) return SQLITE_IOERR_DELETE;
    const int code = layer->real->xDelete(layer->real, path, 0);
    if (code == SQLITE_OK) layer->self->disk_.deleted(path, sync_directory != 0);
    return fails(found) ? SQLITE_IOERR_DELETE : code;
  }

  // Version 2: with shared memory for the log, without memory-mapped reading.
  static constexpr sqlite3_io_methods kMethods{
      2,
      close,
      read,
      write,
      truncate,
      sync,
      [](sqlite3_file* file, sqlite3_int64* bytes) { return methods(file).xFileSize(real(file), bytes); },
      [](sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); },
      [](sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); },
      [](sqlite3_file* file, int* held) { return methods(file).xCheckReservedLock(real(file), held); },
      [](sqlite3_file* file, int op, void* with) { return methods(file).xFileControl(real(file), op, with); },
      [](sqlite3_file* file) { return methods(file).xSectorSize(real(file)); },
      [](sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); },
      map,
      shm_lock,
      [](sqlite3_file* file) { methods(file).xShmBarrier(real(file)); },
      unmap,
      nullptr,
      nullptr};
};

DiskVfs::DiskVfs(CrashDisk& disk, Chance& chance) : disk_(disk), chance_(chance), layer_(new Layer) {
  static int count = 0;
  name_ = "herald-disk-" + std::to_string(++count);
  layer_->real = sqlite3_vfs_find(nullptr);
  layer_->self = this;
  layer_->vfs = *layer_->real;
  layer_->vfs.zName = name_.c_str();
  layer_->vfs.szOsFile = static_cast<int>(sizeof(File)) + layer_->real->szOsFile;
  layer_->vfs.pAppData = layer_;
  layer_->vfs.xOpen = VfsCalls::open;
  layer_->vfs.xDelete = VfsCalls::remove;
  // The rest of the real layer looks into its own pAppData.
  layer_->vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    auto* under = static_cast<const Layer*>(vfs->pAppData)->real;
    return under->xAccess(under, path, flags, result);
  };
  layer_->vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int length, char* out) {
    auto* under = static_cast<const Layer*>(vfs->pAppData)->real;
    return under->xFullPathname(under, path, length, out);
  };
  // Nobody else runs who could give a lock back meanwhile.
  layer_->vfs.xSleep = [](sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; };
  sqlite3_vfs_register(&layer_->vfs, 0);
}

DiskVfs::~DiskVfs() {
  sqlite3_vfs_unregister(&layer_->vfs);
  delete layer_;
}

}  // namespace herald::disk
