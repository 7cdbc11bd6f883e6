// The data directory and who owns it. Internal to the store room.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace herald::store {

// Holds the directory's lock until destroyed; the kernel drops the lock with the process.
class DataDirectory {
 public:
  // Makes the directory (mode 0700) where there is none, takes herald.lock, and makes an empty herald.db (mode 0600)
  // where there is none. A directory that others may enter is refused (kPermission, with the cure). kConflict names the
  // directory and the process that owns it; kPermission, kUnavailable, kCorrupt name the path.
  static base::Result<DataDirectory> open(const std::string& path);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  const std::string& database_path() const { return database_path_; }

  // kUnavailable when herald.db is no longer the file that was opened, or is empty: what is committed to a file that
  // was removed, moved away or cut is not on disk for the next start. One system call.
  base::Status check_in_place() const;

 private:
  DataDirectory(int lock, std::string database_path);

  int lock_;
  std::string database_path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace herald::store
