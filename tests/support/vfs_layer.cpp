#include "support/vfs_layer.h"

#include <atomic>
#include <new>

namespace herald::test {
namespace {

sqlite3_file* real(LayeredFile& file) {
  return reinterpret_cast<sqlite3_file*>(&file + 1);
}
const sqlite3_io_methods& methods(LayeredFile& file) {
  return *real(file)->pMethods;
}
LayeredFile& own(sqlite3_file* file) {
  return *reinterpret_cast<LayeredFile*>(file);
}

std::string unique(const std::string& kind) {
  static std::atomic<int> count{0};
  return "herald-" + kind + "-" + std::to_string(++count);
}

}  // namespace

// SQLite's calls, each handed to the layer of its file.
struct VfsCalls {
  static VfsLayer& layer(sqlite3_vfs* vfs) { return *static_cast<VfsLayer*>(vfs->pAppData); }
  static sqlite3_vfs* platform(sqlite3_vfs* vfs) { return layer(vfs).platform_; }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* memory, int flags, int* out_flags) {
    auto* file = new (memory) LayeredFile{{}, &layer(vfs), path, flags};
    const int code = layer(vfs).open(*file, out_flags);
    if (code == SQLITE_OK) file->base.pMethods = &kMethods;
    return code;
  }
  static int close(sqlite3_file* file) { return methods(own(file)).xClose(real(own(file))); }
  static int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
    return own(file).layer->read(own(file), to, count, at);
  }
  static int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
    return own(file).layer->write(own(file), from, count, at);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) { return own(file).layer->truncate(own(file), size); }
  static int sync(sqlite3_file* file, int flags) { return own(file).layer->sync(own(file), flags); }
  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    return methods(own(file)).xFileSize(real(own(file)), bytes);
  }
  static int lock(sqlite3_file* file, int level) { return methods(own(file)).xLock(real(own(file)), level); }
  static int unlock(sqlite3_file* file, int level) { return methods(own(file)).xUnlock(real(own(file)), level); }
  static int check_lock(sqlite3_file* file, int* held) {
    return methods(own(file)).xCheckReservedLock(real(own(file)), held);
  }
  static int control(sqlite3_file* file, int op, void* argument) {
    return own(file).layer->control(own(file), op, argument);
  }
  static int sector(sqlite3_file* file) { return methods(own(file)).xSectorSize(real(own(file))); }
  static int characteristics(sqlite3_file* file) { return methods(own(file)).xDeviceCharacteristics(real(own(file))); }
  static int map(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
    return own(file).layer->map_shared(own(file), page, bytes, extend, at);
  }
  static int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return own(file).layer->lock_shared(own(file), offset, count, flags);
  }
  static void barrier(sqlite3_file* file) { methods(own(file)).xShmBarrier(real(own(file))); }
  static int unmap(sqlite3_file* file, int remove) { return own(file).layer->unmap_shared(own(file), remove); }

  // Version 2: with shared memory for the log, without memory-mapped reading.
  static constexpr sqlite3_io_methods kMethods{
      2,      close,           read, write,       truncate, sync,  size,    lock,   unlock, check_lock, control,
      sector, characteristics, map,  lock_shared, barrier,  unmap, nullptr, nullptr};
};

VfsLayer::VfsLayer(const std::string& kind)
    : name_(unique(kind)), platform_(sqlite3_vfs_find(nullptr)), vfs_(*platform_) {
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(LayeredFile)) + platform_->szOsFile;
  vfs_.pAppData = this;
  vfs_.xOpen = VfsCalls::open;
  vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_folder) {
    return VfsCalls::layer(vfs).remove(path, sync_folder != 0);
  };
  vfs_.xSleep = [](sqlite3_vfs* vfs, int microseconds) { return VfsCalls::layer(vfs).pause(microseconds); };
  // The rest of the platform's layer looks into its own pAppData.
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    return VfsCalls::platform(vfs)->xAccess(VfsCalls::platform(vfs), path, flags, result);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int length, char* out) {
    return VfsCalls::platform(vfs)->xFullPathname(VfsCalls::platform(vfs), path, length, out);
  };
  sqlite3_vfs_register(&vfs_, 0);
}

VfsLayer::~VfsLayer() {
  sqlite3_vfs_unregister(&vfs_);
}

int VfsLayer::open(LayeredFile& file, int* out_flags) {
  return platform_->xOpen(platform_, file.path, real(file), file.flags, out_flags);
}
int VfsLayer::remove(const std::string& path, bool sync_folder) {
  return platform_->xDelete(platform_, path.c_str(), sync_folder ? 1 : 0);
}
int VfsLayer::pause(int microseconds) {
  return platform_->xSleep(platform_, microseconds);
}
int VfsLayer::read(LayeredFile& file, void* to, int count, sqlite3_int64 at) {
  return methods(file).xRead(real(file), to, count, at);
}
int VfsLayer::write(LayeredFile& file, const void* from, int count, sqlite3_int64 at) {
  return methods(file).xWrite(real(file), from, count, at);
}
int VfsLayer::truncate(LayeredFile& file, sqlite3_int64 size) {
  return methods(file).xTruncate(real(file), size);
}
int VfsLayer::sync(LayeredFile& file, int flags) {
  return methods(file).xSync(real(file), flags);
}
int VfsLayer::control(LayeredFile& file, int op, void* argument) {
  return methods(file).xFileControl(real(file), op, argument);
}
int VfsLayer::map_shared(LayeredFile& file, int page, int bytes, int extend, void volatile** at) {
  return methods(file).xShmMap(real(file), page, bytes, extend, at);
}
int VfsLayer::lock_shared(LayeredFile& file, int offset, int count, int flags) {
  return methods(file).xShmLock(real(file), offset, count, flags);
}
int VfsLayer::unmap_shared(LayeredFile& file, int remove) {
  return methods(file).xShmUnmap(real(file), remove);
}

}  // namespace herald::test
