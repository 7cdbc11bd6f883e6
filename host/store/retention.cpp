#include "store/retention.h"

#include <algorithm>

#include "domain/lifecycle.h"
#include "store/database.h"
#include "store/message_rows.h"
#include "store/transaction.h"

namespace herald::store {
namespace {

constexpr const char* kSelectNext =
    "SELECT m.id, m.direction, m.channel, m.accepted_at, m.timestamp, m.normalized_sender, m.normalized_recipient,"
    " d.status, d.updated_at, f.message_id"
    " FROM message m LEFT JOIN delivery d ON d.message_id = m.id LEFT JOIN inflight f ON f.message_id = m.id"
    " WHERE m.id > ?1 ORDER BY m.id LIMIT ?2";

// The columns of kSelectNext.
enum Column : int {
  kId,
  kDirection,
  kChannel,
  kAcceptedAt,
  kTimestamp,
  kSender,
  kRecipient,
  kStatus,
  kUpdatedAt,
  kInFlight
};

// When a message came to its end; nothing for one that is on its way.
std::optional<base::WallTime> ended_at(const Statement& row) {
  if (!row.is_null(kInFlight)) return std::nullopt;
  if (direction_of(row.number(kDirection)) == domain::Direction::kInbound) return row.time(kAcceptedAt);
  if (row.is_null(kStatus) || !domain::is_settled(status_of(row.number(kStatus)))) return std::nullopt;
  return std::max(row.time(kUpdatedAt), row.time(kAcceptedAt));
}

// Nothing for one that has to stay, and for a row that no version of the host writes: it is left to those who read it,
// who report it, and must not end every sweep.
std::optional<RemovableMessage> read_if_old(const Statement& row, base::WallTime cutoff) {
  try {
    const auto ended = ended_at(row);
    if (!ended || *ended >= cutoff) return std::nullopt;
    return RemovableMessage{domain::MessageId{row.number(kId)}, channel_of(row.number(kChannel)),
                            row.number(kTimestamp), std::string(row.text(kSender)), std::string(row.text(kRecipient))};
  } catch (const SqliteError&) {
    return std::nullopt;
  }
}

std::chrono::milliseconds kept_for(const Options& options) {
  if (options.retention.count() == 0) return {};
  return std::max<std::chrono::milliseconds>(options.retention, options.idempotency_ttl);
}

}  // namespace

Retention::Retention(Database& database, ConversationBook& book, const Options& options, const base::Clock& clock,
                     observe::Log& log)
    : database_(database),
      clock_(clock),
      log_(log),
      keep_(kept_for(options)),
      keep_carrier_ids_(std::max<std::chrono::milliseconds>(keep_, kCarrierIdsKept)),
      select_next_(database, kSelectNext),
      removal_(database, book) {}

void Retention::run_if_due() {
  if (keep_.count() == 0) return;
  const auto began = clock_.mono();
  if (next_ && began < *next_) return;
  bool more = false;
  try {
    more = step();
    failing_ = false;
  } catch (const SqliteError& error) {
    // The transaction was taken back: what was to be removed is there as before.
    if (!failing_) log_.error("store.messages_not_removed", {{"error", error.what()}});
    failing_ = true;
    next_ = began + kInterval;
    return;
  }
  const auto now = clock_.mono();
  next_ = more ? now + kRestOfAStep * (now - began) : now + kInterval;
}

bool Retention::step() {
  const auto found = look(clock_.wall() - keep_);
  if (!found.any_aged) return end_sweep();
  behind_ = found.old.empty() ? found.last : remove(found);
  return true;
}

Retention::Step Retention::look(base::WallTime cutoff) {
  Step found;
  const StatementScope scope(select_next_);
  auto& row = select_next_;
  row.bind(1, behind_.value()).bind(2, static_cast<std::int64_t>(kMostOfAStep));
  while (row.step()) {
    found.last = domain::MessageId{row.number(kId)};
    found.any_aged = found.any_aged || row.time(kAcceptedAt) < cutoff;
    if (auto old = read_if_old(row, cutoff)) found.old.push_back(std::move(*old));
  }
  return found;
}

domain::MessageId Retention::remove(const Step& found) {
  const auto deadline = clock_.mono() + kLongestStep;
  Transaction transaction(database_);
  removal_.begin();
  auto next = found.old.begin();
  do
    removal_.remove(*next++);
  while (next != found.old.end() && clock_.mono() < deadline);
  removal_.save();
  transaction.commit();
  removed_ += static_cast<std::uint64_t>(next - found.old.begin());
  return next == found.old.end() ? found.last : std::prev(next)->id;
}

// The ids of carriers come last, so that their messages are gone by then.
bool Retention::end_sweep() {
  const auto before = base::IdSource{}.next(clock_.wall() - keep_carrier_ids_);
  Transaction transaction(database_);
  const auto ids = removal_.forget_carrier_ids(before, kMostOfAStep);
  transaction.commit();
  if (ids == static_cast<std::int64_t>(kMostOfAStep)) return true;
  behind_ = {};
  if (removed_ == 0) return false;
  log_.info("store.messages_removed",
            {{"count", removed_}, {"older_than_s", std::chrono::duration_cast<std::chrono::seconds>(keep_).count()}});
  removed_ = 0;
  return false;
}

}  // namespace herald::store
