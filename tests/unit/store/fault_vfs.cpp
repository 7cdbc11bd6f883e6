#include "fault_vfs.h"

namespace herald::test {

int FaultVfs::open(LayeredFile& file, int* out_flags) {
  return opens != 0 ? opens.load() : VfsLayer::open(file, out_flags);
}

int FaultVfs::remove(const std::string& path, bool sync_folder) {
  const int code = next_remove.exchange(0);
  return code != 0 ? code : VfsLayer::remove(path, sync_folder);
}

int FaultVfs::write(LayeredFile& file, const void* from, int count, sqlite3_int64 at) {
  if (file.is_log()) ++log_writes;
  if (file.is_log() && log_write != 0) return log_write;
  if (file.is_database() && database_write != 0) return database_write;
  return VfsLayer::write(file, from, count, at);
}

int FaultVfs::sync(LayeredFile& file, int flags) {
  if (file.is_log()) ++log_syncs;
  if (file.is_database()) ++database_syncs;
  if (file.is_log() && log_sync != 0) return log_sync;
  if (file.is_database() && database_sync != 0) return database_sync;
  return VfsLayer::sync(file, flags);
}

int FaultVfs::control(LayeredFile& file, int op, void* argument) {
  if (op == SQLITE_FCNTL_COMMIT_PHASETWO && file.is_database() && commit_end != 0) return commit_end;
  return VfsLayer::control(file, op, argument);
}

}  // namespace herald::test
