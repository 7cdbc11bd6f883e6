#include "store/write_statements.h"

#include <string>

#include "store/database.h"

namespace herald::store {
namespace {

constexpr const char* kInsertMessage =
    "INSERT INTO message(id, direction, channel, provider_id, ordinal, accepted_at, expires_at, timestamp, request_id,"
    " sender, recipient, normalized_sender, normalized_recipient, subject, attachments, body)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

constexpr const char* kInsertReady =
    "INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";

// A queue entry without its message must be seen, not skipped: hence the outer join.
std::string due_of(const std::string& channel) {
  return "SELECT r.message_id, r.due, r.expires_at, r.attempt, r.spent, m.id, m.ordinal, m.accepted_at,"
         " m.channel, m.sender, m.recipient, m.subject, m.body, m.attachments, m.timestamp, m.request_id, r.channel"
         " FROM ready r LEFT JOIN message m ON m.id = r.message_id"
         " WHERE r.provider_id = ?1 AND r.channel = " +
         channel + " AND r.due <= ?2";
}

// Each channel's queue is read in its own order, and they are merged. A list of channels in one WHERE would read all
// that is due of every claim, to sort it.
std::string due_sql() {
  return due_of("?4") + " UNION ALL " + due_of("?5") + " UNION ALL " + due_of("?6") + " ORDER BY 2, 1 LIMIT ?3";
}

constexpr const char* kSelectFirstDue =
    "SELECT due FROM ready WHERE provider_id = ?1 AND channel = ?2 ORDER BY due, message_id LIMIT 1";

// A claim takes the head of its provider's queues, all of it up to the last row that it looked at: two statements for
// the whole claim, not two for each message.
constexpr const char* kClaimReady =
    "INSERT INTO inflight(message_id, provider_id, channel, due, expires_at, attempt, spent, claimed_at)"
    " SELECT message_id, provider_id, channel, due, expires_at, attempt, spent, ?7 FROM ready"
    " WHERE provider_id = ?1 AND channel IN (?4, ?5, ?6) AND (due, message_id) <= (?2, ?3) AND expires_at > ?7";
constexpr const char* kDeleteDue =
    "DELETE FROM ready WHERE provider_id = ?1 AND channel IN (?4, ?5, ?6) AND (due, message_id) <= (?2, ?3)";

constexpr const char* kSelectInFlight =
    "SELECT provider_id, channel, due, expires_at, attempt, spent FROM inflight WHERE message_id = ?1";
constexpr const char* kDeleteInFlight = "DELETE FROM inflight WHERE message_id = ?1";

constexpr const char* kInsertAttempt =
    "INSERT INTO attempt(message_id, number, provider_id, outcome, started_at, latency_ms, retry_after_ms, lane_wide,"
    " segments, encoding, provider_message_id, error_code) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

constexpr const char* kUpsertDelivery =
    "INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT(message_id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,"
    " due = excluded.due, error_code = excluded.error_code, updated_at = excluded.updated_at";

// Where in `ready` a pending message stands: its due time is that of its last retry, or of its acceptance.
constexpr const char* kSelectPlace =
    "SELECT m.provider_id, coalesce(d.due, m.accepted_at), coalesce(d.attempts, 0), m.request_id, m.channel"
    " FROM message m LEFT JOIN delivery d ON d.message_id = m.id WHERE m.id = ?1";
constexpr const char* kDeleteExpired =
    "DELETE FROM ready WHERE provider_id = ?1 AND channel = ?5 AND due = ?2 AND message_id = ?3 AND expires_at <= ?4";

constexpr const char* kInsertReceived =
    "INSERT INTO received(message_id, source, provider_message_id) VALUES(?1, ?2, ?3)";
// The last term is what makes the index serve, which holds no empty ids.
constexpr const char* kSelectReceived =
    "SELECT message_id FROM received WHERE source = ?1 AND provider_message_id = ?2 AND provider_message_id <> ''";

}  // namespace

WriteStatements::WriteStatements(Database& database)
    : insert_message(database, kInsertMessage),
      insert_ready(database, kInsertReady),
      select_due(database, due_sql()),
      select_first_due(database, kSelectFirstDue),
      claim_ready(database, kClaimReady),
      delete_due(database, kDeleteDue),
      select_in_flight(database, kSelectInFlight),
      delete_in_flight(database, kDeleteInFlight),
      insert_attempt(database, kInsertAttempt),
      upsert_delivery(database, kUpsertDelivery),
      select_place(database, kSelectPlace),
      delete_expired(database, kDeleteExpired),
      insert_received(database, kInsertReceived),
      select_received(database, kSelectReceived),
      set_next_ordinal(database, "UPDATE provider SET next_ordinal = ?2 WHERE id = ?1") {}

}  // namespace herald::store
