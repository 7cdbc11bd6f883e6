#include "store/gathering_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "store/database.h"

namespace herald::store {
namespace {

// Made in the memory that SQLite gives for the log's file, which it aligns to eight bytes and no more; that of the
// layer below follows.
struct GatheredFile {
  sqlite3_file base{};
  std::unique_ptr<char[]> held;
  int held_bytes = 0;
  sqlite3_int64 held_at = 0;  // the place of the first of them
};

static_assert(alignof(GatheredFile) == 8 && sizeof(GatheredFile) % 8 == 0);

GatheredFile& own(sqlite3_file* file) {
  return *reinterpret_cast<GatheredFile*>(file);
}

sqlite3_file* real(GatheredFile& file) {
  return reinterpret_cast<sqlite3_file*>(&file + 1);
}

sqlite3_vfs* below(sqlite3_vfs* vfs) {
  return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

// A call of a file or of a layer that goes on as it is.
template <auto kCall, typename... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
  auto* const to = real(own(file));
  return (to->pMethods->*kCall)(to, arguments...);
}
template <auto kCall, typename... Arguments>
int pass_down(sqlite3_vfs* vfs, Arguments... arguments) {
  auto* const to = below(vfs);
  return (to->*kCall)(to, arguments...);
}

int write_held(GatheredFile& file) {
  if (file.held_bytes == 0) return SQLITE_OK;
  auto* const to = real(file);
  const int code = to->pMethods->xWrite(to, file.held.get(), file.held_bytes, file.held_at);
  if (code == SQLITE_OK) file.held_bytes = 0;
  return code;
}

// A call that needs the file as it should be.
template <auto kCall, typename... Arguments>
int pass_when_written(sqlite3_file* file, Arguments... arguments) {
  const int code = write_held(own(file));
  return code == SQLITE_OK ? pass<kCall, Arguments...>(file, arguments...) : code;
}

int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  const auto& held = own(file);
  const bool apart = at + count <= held.held_at || at >= held.held_at + held.held_bytes;
  if (apart) return pass<&sqlite3_io_methods::xRead>(file, to, count, at);
  return pass_when_written<&sqlite3_io_methods::xRead>(file, to, count, at);
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  auto& gathered = own(file);
  const bool follows = at == gathered.held_at + gathered.held_bytes;
  if (!follows || count > GatheringVfs::kHeldBytes - gathered.held_bytes) {
    if (const int code = write_held(gathered); code != SQLITE_OK) return code;
    if (count > GatheringVfs::kHeldBytes) return pass<&sqlite3_io_methods::xWrite>(file, from, count, at);
    gathered.held_at = at;
  }
  std::memcpy(gathered.held.get() + gathered.held_bytes, from, static_cast<std::size_t>(count));
  gathered.held_bytes += count;
  return SQLITE_OK;
}

// What is held still was never synced, so no commit needs it.
int close(sqlite3_file* file) {
  const int code = pass<&sqlite3_io_methods::xClose>(file);
  own(file).~GatheredFile();
  return code;
}

// Version 1: SQLite asks the database's file, not the log's, for what later ones add.
constexpr sqlite3_io_methods kMethods{1,
                                      close,
                                      read,
                                      write,
                                      pass_when_written<&sqlite3_io_methods::xTruncate>,
                                      pass_when_written<&sqlite3_io_methods::xSync>,
                                      pass_when_written<&sqlite3_io_methods::xFileSize>,
                                      pass<&sqlite3_io_methods::xLock>,
                                      pass<&sqlite3_io_methods::xUnlock>,
                                      pass<&sqlite3_io_methods::xCheckReservedLock>,
                                      pass<&sqlite3_io_methods::xFileControl>,
                                      pass<&sqlite3_io_methods::xSectorSize>,
                                      pass<&sqlite3_io_methods::xDeviceCharacteristics>,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr};

int open_log(sqlite3_vfs* vfs, const char* path, sqlite3_file* memory, int flags, int* out_flags) {
  std::unique_ptr<char[]> held(new (std::nothrow) char[GatheringVfs::kHeldBytes]);
  memory->pMethods = nullptr;
  if (!held) return SQLITE_NOMEM;
  auto* const file = new (memory) GatheredFile;
  file->held = std::move(held);
  const int code = below(vfs)->xOpen(below(vfs), path, real(*file), flags, out_flags);
  if (code == SQLITE_OK) {
    file->base.pMethods = &kMethods;
    return SQLITE_OK;
  }
  // Some layers want a file that could not be opened to be closed.
  if (real(*file)->pMethods != nullptr) static_cast<void>(pass<&sqlite3_io_methods::xClose>(memory));
  file->~GatheredFile();
  memory->pMethods = nullptr;
  return code;
}

// Any other file is the lower layer's alone.
int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* memory, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(vfs, path, memory, flags, out_flags);
  return below(vfs)->xOpen(below(vfs), path, memory, flags, out_flags);
}

std::string unique_name() {
  static std::atomic<int> count{0};
  return "herald-gathering-" + std::to_string(++count);
}

}  // namespace

void GatheringVfs::Unregister::operator()(sqlite3_vfs* vfs) const {
  sqlite3_vfs_unregister(vfs);
  delete vfs;
}

GatheringVfs::GatheringVfs(const std::string& below) : name_(unique_name()) {
  prepare_sqlite();
  auto* const found = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  if (found == nullptr) throw SqliteError(SQLITE_ERROR, "found no file layer named \"" + below + "\"");
  registered_.reset(new sqlite3_vfs{});
  auto& vfs = *registered_;
  vfs.iVersion = std::min(found->iVersion, 2);  // of a later one no call comes from SQLite itself
  vfs.szOsFile = static_cast<int>(sizeof(GatheredFile)) + found->szOsFile;
  vfs.mxPathname = found->mxPathname;
  vfs.zName = name_.c_str();
  vfs.pAppData = found;
  vfs.xOpen = open;
  vfs.xDelete = pass_down<&sqlite3_vfs::xDelete>;
  vfs.xAccess = pass_down<&sqlite3_vfs::xAccess>;
  vfs.xFullPathname = pass_down<&sqlite3_vfs::xFullPathname>;
  vfs.xRandomness = pass_down<&sqlite3_vfs::xRandomness>;
  vfs.xSleep = pass_down<&sqlite3_vfs::xSleep>;
  vfs.xCurrentTime = pass_down<&sqlite3_vfs::xCurrentTime>;
  vfs.xGetLastError = pass_down<&sqlite3_vfs::xGetLastError>;
  vfs.xCurrentTimeInt64 = pass_down<&sqlite3_vfs::xCurrentTimeInt64>;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw SqliteError(SQLITE_NOMEM, "no memory for a file layer");
}

GatheringVfs::~GatheringVfs() = default;

}  // namespace herald::store
