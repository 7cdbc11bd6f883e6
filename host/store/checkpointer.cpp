#include "store/checkpointer.h"

#include <sqlite3.h>

#include "store/database.h"

namespace herald::store {
namespace {

constexpr std::uint64_t kFrameHeaderBytes = 24;  // SQLite file format, section 4.1
constexpr std::uint64_t kStepBytes = 8U << 20U;
// How long the writer may stand still for readers: at the proof, and when the log is too long.
constexpr int kProofTimeoutMs = 1'000;
constexpr int kOverLimitTimeoutMs = 20;
constexpr int kNormalTimeoutMs = 5'000;

}  // namespace

Checkpointer::Checkpointer(Database& database, observe::Log& log, observe::Metrics& metrics,
                           std::uint64_t wal_limit_bytes)
    : database_(database),
      log_(log),
      metrics_(metrics),
      limit_bytes_(wal_limit_bytes),
      frame_bytes_(static_cast<std::uint64_t>(database.query_number("PRAGMA page_size")) + kFrameHeaderBytes),
      step_frames_(kStepBytes / frame_bytes_) {
  database_.execute("PRAGMA wal_autocheckpoint = 0");
  sqlite3_wal_hook(database_.handle(), &Checkpointer::on_commit, this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(database_.handle(), nullptr, nullptr);
}

void Checkpointer::empty_log() {
  if (!checkpoint(SQLITE_CHECKPOINT_TRUNCATE, kProofTimeoutMs)) {
    throw SqliteError(SQLITE_BUSY, "a reader kept the write-ahead log from being emptied");
  }
}

void Checkpointer::run_if_due() {
  if (frames_ < looked_at_) looked_at_ = 0;  // the log began anew
  if (frames_ - looked_at_ < step_frames_) return;
  try {
    checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0);
    if (wal_bytes() > limit_bytes_ && !checkpoint(SQLITE_CHECKPOINT_TRUNCATE, kOverLimitTimeoutMs)) {
      log_.warn("store.wal_over_limit", {{"wal_bytes", wal_bytes()},
                                         {"limit_bytes", limit_bytes_},
                                         {"cause", "a reader holds an old state of the database"}});
    }
    failing_ = false;
  } catch (const SqliteError& error) {
    // Nothing is lost: the log still holds every commit, and the next checkpoint writes all of these pages again.
    if (!failing_) log_.error("store.checkpoint_failed", {{"error", error.what()}});
    failing_ = true;
    looked_at_ = frames_;
  }
}

// False when readers kept a part of the log.
bool Checkpointer::checkpoint(int mode, int busy_timeout_ms) {
  int frames = 0;
  int moved = 0;
  sqlite3_busy_timeout(database_.handle(), busy_timeout_ms);
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), "main", mode, &frames, &moved);
  sqlite3_busy_timeout(database_.handle(), kNormalTimeoutMs);
  if (code != SQLITE_OK && code != SQLITE_BUSY) database_.fail(code, "checkpoint");
  // Such a database commits too, but a loss of power may take the last commit back. SQLite says "wal" of it as long as
  // nothing has been read: when the journal of the change of mode could not be removed, the next read takes it back.
  if (code == SQLITE_OK && frames < 0)
    throw SqliteError(SQLITE_IOERR, "found no write-ahead log behind the database; start again, to have one made");
  metrics_.checkpoints.add();
  if (frames >= 0) frames_ = static_cast<std::uint64_t>(frames);
  looked_at_ = frames_;
  metrics_.wal_bytes.set(static_cast<std::int64_t>(wal_bytes()));
  return code == SQLITE_OK && moved == frames;
}

int Checkpointer::on_commit(void* self, sqlite3* /*handle*/, const char* /*schema*/, int frames) {
  auto& checkpointer = *static_cast<Checkpointer*>(self);
  checkpointer.frames_ = static_cast<std::uint64_t>(frames);
  checkpointer.metrics_.wal_bytes.set(static_cast<std::int64_t>(checkpointer.wal_bytes()));
  return SQLITE_OK;
}

}  // namespace herald::store
