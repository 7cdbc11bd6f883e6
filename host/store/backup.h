// A copy of the database that can be started from, taken while a host may run on it.
//
// The copy is one moment of the database: one read transaction on a connection of its own, as every reader has one. It
// takes no lock that a commit waits for; while it runs, the write-ahead log cannot begin anew, so that the log grows by
// what is committed meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace herald::store {

struct BackupOrder {
  std::string data_dir;
  std::string file;        // to be made; its folder must be there
  bool overwrite = false;  // a regular file may be there, and is replaced
};

struct BackupProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

struct BackupReport {
  std::uint64_t bytes = 0;
  int schema_version = 0;
};

// The file holds every message that was acknowledged before the call, and is one file without a log beside it, mode
// 0600. It is written under another name in the same folder, checked by SQLite's integrity check, synced, and renamed,
// with the folder synced after it: under its own name there is a whole backup, or what was there before. `go_on` is
// called every few milliseconds on this thread; false ends the work.
//
// Any thread; blocks. Errors: kInvalid for a file that is there, kNotFound without a database or a folder, kCorrupt for
// a database that is damaged, of another application or of a newer build, kPermission, kUnavailable when the disk
// refuses or is full, kConflict when `go_on` ended it. Each names the path and the cure, and nothing is left behind.
base::Result<BackupReport> back_up(const BackupOrder& order, const std::function<bool(const BackupProgress&)>& go_on);

}  // namespace herald::store
