// Keeps the write-ahead log short. Internal to the store room.
#pragma once

#include <cstdint>

#include "observe/log.h"
#include "observe/metrics.h"

struct sqlite3;

namespace herald::store {

class Database;

// The writer's thread only; lives no longer than the database and takes its commit hook.
class Checkpointer {
 public:
  Checkpointer(Database& database, observe::Log& log, observe::Metrics& metrics, std::uint64_t wal_limit_bytes);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Moves the whole log into the database file, syncs it and empties the log. Throws SqliteError unless all of that
  // succeeded: it is the proof that the disk takes writes.
  void empty_log();

  // A passive checkpoint when the log has grown by a few megabytes: bounded work that waits for no reader. When the log
  // stands above its limit because of readers, empties it as soon as they let it.
  void run_if_due();

 private:
  static int on_commit(void* self, sqlite3* handle, const char* schema, int frames);
  std::uint64_t wal_bytes() const { return frames_ * frame_bytes_; }
  bool checkpoint(int mode, int busy_timeout_ms);

  Database& database_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  const std::uint64_t limit_bytes_;
  const std::uint64_t frame_bytes_;  // of one page in the log
  const std::uint64_t step_frames_;  // growth that makes a checkpoint worth its sync
  std::uint64_t frames_ = 0;         // in the log
  std::uint64_t looked_at_ = 0;      // frames_ at the last checkpoint
  bool failing_ = false;             // the last checkpoint failed, and that has been logged
};

}  // namespace herald::store
