// The data directory and who owns it. Internal to the store room.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

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

  // Whether a write-ahead log with something in it lies beside the database.
  bool has_log() const;
  // Remembers the write-ahead log that the database has by now.
  void note_log();

  // kUnavailable when herald.db is no longer the file that was opened, or is smaller than it was: what is committed to
  // a file that was removed, moved away or cut is not on disk for the next start. One system call; one thread at a
  // time.
  base::Status check_in_place();
  // The same of the log.
  base::Status check_log_in_place() const;

 private:
  DataDirectory(int lock, std::string database_path);

  int lock_;
  std::string database_path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  off_t size_ = 1;  // of the database, when it was last looked at
  std::optional<std::pair<dev_t, ino_t>> log_;
};

}  // namespace herald::store
