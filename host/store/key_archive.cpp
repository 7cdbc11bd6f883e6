#include "store/key_archive.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "store/database.h"
#include "store/key_log.h"
#include "store/transaction.h"

namespace herald::store {
namespace {

// While a move is under way too, every so manieth step goes to a removal: neither may starve the other.
constexpr std::uint64_t kStepsOfARemoval = 4;

constexpr const char* kInsertBucket =
    "INSERT INTO idempotency_bucket(starts_at, ends_at) VALUES(?1, ?2)"
    " ON CONFLICT(starts_at) DO UPDATE SET ends_at = max(ends_at, excluded.ends_at)";

// The use that came last takes the place of a former one.
constexpr const char* kInsertKey =
    "INSERT OR REPLACE INTO idempotency_key(bucket, key, request, message_id, accepted_at)"
    " VALUES(?1, ?2, ?3, ?4, ?5)";

}  // namespace

KeyArchive::KeyArchive(Database& database, RecentKeys& recent, const Limits& limits, const base::Clock& clock,
                       observe::Log& log)
    : database_(database),
      recent_(recent),
      limits_(limits),
      clock_(clock),
      log_(log),
      bucket_ms_(std::max(limits.ttl / kBucketsOfTtl, kShortestBucket).count()),
      select_head_(database, "SELECT seq, accepted_at FROM idempotency_log ORDER BY seq LIMIT 1"),
      insert_bucket_(database, kInsertBucket),
      insert_key_(database, kInsertKey),
      delete_log_(database, "DELETE FROM idempotency_log WHERE seq <= ?1"),
      select_oldest_end_(database, "SELECT min(ends_at) FROM idempotency_bucket"),
      select_past_(database, "SELECT starts_at FROM idempotency_bucket WHERE ends_at <= ?1 ORDER BY ends_at LIMIT 1"),
      select_boundary_(database, "SELECT key FROM idempotency_key WHERE bucket = ?1 ORDER BY key LIMIT 1 OFFSET ?2"),
      delete_keys_before_(database, "DELETE FROM idempotency_key WHERE bucket = ?1 AND key < ?2"),
      delete_keys_(database, "DELETE FROM idempotency_key WHERE bucket = ?1"),
      delete_bucket_(database, "DELETE FROM idempotency_bucket WHERE starts_at = ?1") {}

void KeyArchive::run_if_due() {
  if (retry_at_ && clock_.mono() < *retry_at_) return;
  retry_at_.reset();
  try {
    step();
    failing_ = false;
  } catch (const SqliteError& error) {
    // Nothing is lost: what was to be moved stands in the log and in memory, and what was to be removed only takes up
    // room. What a failed commit left in the file's write-ahead log lies behind its end, where the next commit writes.
    if (!failing_) log_.error("store.keys_not_moved", {{"error", error.what()}});
    failing_ = true;
    retry_at_ = clock_.mono() + kRetryInterval;
  }
}

void KeyArchive::step() {
  if (!move_ && move_is_due()) begin_move();
  ++steps_;
  if (removal_is_due() && (!move_ || steps_ % kStepsOfARemoval == 0)) {
    remove_some();
  } else if (move_ && !move_->keys.empty()) {
    copy_some();
  } else if (move_) {
    delete_some();
  }
}

// When the log is long, or its first row belongs to another bucket than what comes now.
bool KeyArchive::move_is_due() {
  const auto rows = recent_.waiting();
  if (rows == 0) return false;
  if (!head_) {
    const StatementScope scope(select_head_);
    if (!select_head_.step()) return false;
    head_ = Row{select_head_.number(0), select_head_.number(1)};
  }
  return rows > limits_.log_rows || bucket_of(head_->accepted_at) != bucket_of(base::unix_ms(clock_.wall()));
}

void KeyArchive::begin_move() {
  Move move;
  move.keys = recent_.begin_move();
  move.deleted_to = head_->seq - 1;
  for (const auto& one : move.keys)
    move.last_seq = std::max(move.last_seq, one.seq);
  move_ = std::move(move);
}

void KeyArchive::copy_some() {
  const std::span<const RecentKey> left = std::span(move_->keys).subspan(move_->copied);
  copy(left.first(std::min(left.size(), limits_.most_copied)));
  move_->copied += std::min(left.size(), limits_.most_copied);
  if (move_->copied < move_->keys.size()) return;
  recent_.end_move();
  move_->keys = {};
}

void KeyArchive::copy(std::span<const RecentKey> keys) {
  const auto too_old = too_old_at();
  std::optional<std::int64_t> bucket;
  Transaction transaction(database_);
  for (const auto& one : keys) {
    const auto accepted_at = base::unix_ms(one.accepted_at);
    if (accepted_at < too_old) continue;
    if (const auto its = bucket_of(accepted_at); bucket != its) {
      bucket = its;
      insert_bucket_.bind(1, its).bind(2, its + bucket_ms_).run();
      oldest_end_.reset();
    }
    insert_key_.bind(1, *bucket)
        .bind_bytes(2, one.key)
        .bind_bytes(3, one.request)
        .bind(4, one.id.value())
        .bind(5, accepted_at)
        .run();
  }
  transaction.commit();
}

void KeyArchive::delete_some() {
  const auto to = std::min(move_->last_seq, move_->deleted_to + static_cast<std::int64_t>(limits_.most_deleted));
  Transaction transaction(database_);
  delete_log_.bind(1, to).run();
  transaction.commit();
  head_.reset();
  move_->deleted_to = to;
  if (to < move_->last_seq) return;
  log_.debug("store.keys_moved", {{"count", move_->copied}});
  move_.reset();
}

bool KeyArchive::removal_is_due() {
  if (!oldest_end_) {
    const StatementScope scope(select_oldest_end_);
    const bool any = select_oldest_end_.step() && !select_oldest_end_.is_null(0);
    oldest_end_ = any ? select_oldest_end_.number(0) : std::numeric_limits<std::int64_t>::max();
  }
  return *oldest_end_ <= too_old_at();
}

void KeyArchive::remove_some() {
  std::int64_t bucket = 0;
  {
    const StatementScope scope(select_past_);
    if (!select_past_.bind(1, too_old_at()).step()) return;
    bucket = select_past_.number(0);
  }
  const auto boundary = first_to_stay(bucket);
  Transaction transaction(database_);
  std::int64_t removed = 0;
  if (boundary) {
    removed = delete_keys_before_.bind(1, bucket).bind_bytes(2, *boundary).run();
  } else {
    removed = delete_keys_.bind(1, bucket).run();
    delete_bucket_.bind(1, bucket).run();
  }
  transaction.commit();
  removed_ += static_cast<std::size_t>(removed);
  if (boundary) return;
  oldest_end_.reset();
  log_.debug("store.keys_removed", {{"count", removed_}, {"bucket_ms", bucket}});
  removed_ = 0;
}

// Behind what one transaction removes; nothing when that is the rest of the bucket.
std::optional<domain::Digest> KeyArchive::first_to_stay(std::int64_t bucket) {
  const StatementScope scope(select_boundary_);
  select_boundary_.bind(1, bucket).bind(2, static_cast<std::int64_t>(limits_.most_deleted));
  if (!select_boundary_.step()) return std::nullopt;
  return digest_of(select_boundary_.text(0));
}

// Where the bucket of this time starts; downwards also before 1970, where a clock may stand.
std::int64_t KeyArchive::bucket_of(std::int64_t time_ms) const {
  const auto into = time_ms % bucket_ms_;
  return time_ms - (into < 0 ? into + bucket_ms_ : into);
}

// A use before this time counts no more.
std::int64_t KeyArchive::too_old_at() const {
  return base::unix_ms(clock_.wall()) - limits_.ttl.count();
}

}  // namespace herald::store
