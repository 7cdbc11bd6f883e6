// A file layer for SQLite that stands before the platform's own: every call goes on to it, unless a layer of a test
// overrides the function.
#pragma once

#include <sqlite3.h>

#include <string>

namespace herald::test {

// What SQLite allocates for an open file; the platform's own follows it in the same memory.
struct LayeredFile {
  sqlite3_file base;
  class VfsLayer* layer;
  const char* path;  // SQLite's own, which stands until the file is closed; null for a file without a name
  int flags;         // SQLITE_OPEN_*, as the file was opened

  bool is_log() const { return (flags & SQLITE_OPEN_WAL) != 0; }
  bool is_database() const { return (flags & SQLITE_OPEN_MAIN_DB) != 0; }
};

// Registered under its name while it lives; outlives every connection that names it. Functions are called by whatever
// thread uses the connection, and answer SQLite's result codes.
class VfsLayer {
 public:
  VfsLayer(const VfsLayer&) = delete;
  VfsLayer& operator=(const VfsLayer&) = delete;

  const std::string& name() const { return name_; }

 protected:
  explicit VfsLayer(const std::string& kind);
  virtual ~VfsLayer();

  virtual int open(LayeredFile& file, int* out_flags);
  virtual int remove(const std::string& path, bool sync_folder);
  virtual int pause(int microseconds);
  virtual int read(LayeredFile& file, void* to, int count, sqlite3_int64 at);
  virtual int write(LayeredFile& file, const void* from, int count, sqlite3_int64 at);
  virtual int truncate(LayeredFile& file, sqlite3_int64 size);
  virtual int sync(LayeredFile& file, int flags);
  virtual int control(LayeredFile& file, int op, void* argument);
  virtual int map_shared(LayeredFile& file, int page, int bytes, int extend, void volatile** at);
  virtual int lock_shared(LayeredFile& file, int offset, int count, int flags);
  virtual int unmap_shared(LayeredFile& file, int remove);

 private:
  friend struct VfsCalls;
  const std::string name_;
  sqlite3_vfs* const platform_;
  sqlite3_vfs vfs_;
};

}  // namespace herald::test
