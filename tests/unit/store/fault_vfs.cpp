#include "fault_vfs.h"

#include <sqlite3.h>

#include <new>

namespace herald::test {

struct FaultVfs::Layer {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  FaultVfs* faults = nullptr;
};

namespace {

// What SQLite allocates for a file of ours; the real file follows it in the same memory.
struct File {
  sqlite3_file base;
  FaultVfs* faults;
  bool is_log;
  bool is_database;
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

int close(sqlite3_file* file) {
  return methods(file).xClose(real(file));
}
int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  return methods(file).xRead(real(file), to, count, at);
}
int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  const auto& self = own(file);
  if (self.is_log && self.faults->log_write != 0) return self.faults->log_write;
  if (self.is_database && self.faults->database_write != 0) return self.faults->database_write;
  return methods(file).xWrite(real(file), from, count, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return methods(file).xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int flags) {
  const auto& self = own(file);
  if (self.is_log) ++self.faults->log_syncs;
  if (self.is_database) ++self.faults->database_syncs;
  if (self.is_log && self.faults->log_sync != 0) return self.faults->log_sync;
  if (self.is_database && self.faults->database_sync != 0) return self.faults->database_sync;
  return methods(file).xSync(real(file), flags);
}
int size(sqlite3_file* file, sqlite3_int64* bytes) {
  return methods(file).xFileSize(real(file), bytes);
}
int lock(sqlite3_file* file, int level) {
  return methods(file).xLock(real(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return methods(file).xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* held) {
  return methods(file).xCheckReservedLock(real(file), held);
}
int control(sqlite3_file* file, int op, void* argument) {
  const auto& self = own(file);
  if (op == SQLITE_FCNTL_COMMIT_PHASETWO && self.is_database && self.faults->commit_end != 0)
    return self.faults->commit_end;
  return methods(file).xFileControl(real(file), op, argument);
}
int sector(sqlite3_file* file) {
  return methods(file).xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return methods(file).xDeviceCharacteristics(real(file));
}
int map(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
  return methods(file).xShmMap(real(file), page, bytes, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file).xShmLock(real(file), offset, count, flags);
}
void barrier(sqlite3_file* file) {
  methods(file).xShmBarrier(real(file));
}
int unmap(sqlite3_file* file, int remove) {
  return methods(file).xShmUnmap(real(file), remove);
}

// Version 2: with shared memory for the log, without memory-mapped reading.
constexpr sqlite3_io_methods kMethods{2,      close,      read,    write,  truncate,        sync, size,     lock,
                                      unlock, check_lock, control, sector, characteristics, map,  shm_lock, barrier,
                                      unmap,  nullptr,    nullptr};

}  // namespace

FaultVfs::FaultVfs() : layer_(new Layer) {
  static std::atomic<int> count{0};
  name_ = "herald-fault-" + std::to_string(++count);
  layer_->real = sqlite3_vfs_find(nullptr);
  layer_->faults = this;
  layer_->vfs = *layer_->real;
  layer_->vfs.zName = name_.c_str();
  layer_->vfs.szOsFile = static_cast<int>(sizeof(File)) + layer_->real->szOsFile;
  layer_->vfs.pAppData = layer_;
  layer_->vfs.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    const auto* layer = static_cast<const Layer*>(vfs->pAppData);
    auto* self = new (file) File{};
    if (layer->faults->open != 0) return layer->faults->open.load();
    self->faults = layer->faults;
    self->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    self->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    const int code = layer->real->xOpen(layer->real, path, real(file), flags, out_flags);
    if (code == SQLITE_OK) self->base.pMethods = &kMethods;
    return code;
  };
  // The rest of the real layer looks into its own pAppData.
  layer_->vfs.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_directory) {
    auto* under = static_cast<const Layer*>(vfs->pAppData)->real;
    return under->xDelete(under, path, sync_directory);
  };
  layer_->vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    auto* under = static_cast<const Layer*>(vfs->pAppData)->real;
    return under->xAccess(under, path, flags, result);
  };
  layer_->vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int length, char* out) {
    auto* under = static_cast<const Layer*>(vfs->pAppData)->real;
    return under->xFullPathname(under, path, length, out);
  };
  sqlite3_vfs_register(&layer_->vfs, 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&layer_->vfs);
  delete layer_;
}

}  // namespace herald::test
