#include "stored.h"

#include "broken.h"

namespace herald::simulation {
namespace {

constexpr const char* kMessages =
    "SELECT m.id, m.direction, coalesce(p.name, ''), m.body, coalesce(m.ordinal, -1), coalesce(m.expires_at, 0)"
    " FROM message m LEFT JOIN provider p ON p.id = m.provider_id";
constexpr const char* kReady = "SELECT message_id, due, expires_at, attempt, spent FROM ready";
constexpr const char* kInflight = "SELECT message_id, due, expires_at, attempt, spent FROM inflight";
constexpr const char* kDeliveries =
    "SELECT message_id, status, attempts, due, error_code, expires_at, spent FROM delivery";
constexpr const char* kAttempts =
    "SELECT message_id, number, outcome, provider_message_id FROM attempt ORDER BY message_id, number";
constexpr const char* kWrongCounters =
    "SELECT (SELECT count(*) FROM conversation) <> (SELECT count(*) FROM conversation_activity)"
    " OR (SELECT coalesce(sum(message_count), 0) FROM conversation_activity) <> (SELECT count(*) FROM message)"
    " OR EXISTS (SELECT 1 FROM conversation_activity a WHERE a.message_count <>"
    " (SELECT count(*) FROM conversation_message c WHERE c.conversation_id = a.conversation_id))";
constexpr const char* kQueues =
    "SELECT p.name, (SELECT count(*) FROM ready r WHERE r.provider_id = p.id),"
    " (SELECT count(*) FROM inflight i WHERE i.provider_id = p.id) FROM provider p";

StoredMessage& of(std::map<std::int64_t, StoredMessage>& messages, std::int64_t id, const char* table) {
  const auto place = messages.find(id);
  require(place != messages.end(), "no row without a message", std::string(table) + " holds " + std::to_string(id));
  return place->second;
}

}  // namespace

Stored::Stored(const std::string& path, const std::string& vfs)
    : database_(path, store::Database::Mode::kReadWrite, vfs),
      messages_(database_, kMessages),
      conversations_(database_, "SELECT message_id FROM conversation_message"),
      ready_(database_, kReady),
      inflight_(database_, kInflight),
      deliveries_(database_, kDeliveries),
      attempts_(database_, kAttempts),
      one_in_flight_(database_, "SELECT attempt FROM inflight WHERE message_id = ?1"),
      wrong_counters_(database_, kWrongCounters) {
  database_.execute("PRAGMA wal_autocheckpoint = 0");
}

std::map<std::int64_t, StoredMessage> Stored::messages() {
  std::map<std::int64_t, StoredMessage> all;
  {
    const store::StatementScope scope(messages_);
    while (messages_.step()) {
      StoredMessage& message = all[messages_.number(0)];
      message.id = messages_.number(0);
      message.inbound = messages_.number(1) == static_cast<int>(domain::Direction::kInbound);
      message.provider = messages_.text(2);
      message.body = messages_.text(3);
      message.ordinal = messages_.number(4);
      message.expires_at = messages_.time(5);
    }
  }
  {
    const store::StatementScope scope(conversations_);
    while (conversations_.step())
      ++of(all, conversations_.number(0), "conversation_message").conversations;
  }
  read_deliveries(all);
  read_places(all);
  {
    const store::StatementScope scope(attempts_);
    while (attempts_.step()) {
      of(all, attempts_.number(0), "attempt")
          .attempts.push_back({static_cast<std::uint32_t>(attempts_.number(1)), static_cast<int>(attempts_.number(2)),
                               std::string(attempts_.text(3))});
    }
  }
  return all;
}

// Before the places: a message that waits again has a delivery row from its last attempt, whose word does not count.
void Stored::read_deliveries(std::map<std::int64_t, StoredMessage>& messages) {
  const store::StatementScope scope(deliveries_);
  while (deliveries_.step()) {
    StoredMessage& message = of(messages, deliveries_.number(0), "delivery");
    message.status = static_cast<domain::Status>(deliveries_.number(1));
    message.attempt = static_cast<std::uint32_t>(deliveries_.number(2));
    message.due = deliveries_.time(3);
    message.error_code = deliveries_.text(4);
    if (!deliveries_.is_null(5)) message.expires_at = deliveries_.time(5);
    message.spent = static_cast<std::uint32_t>(deliveries_.number(6));
    if (message.status != domain::Status::kPending) ++message.places;
  }
}

void Stored::read_places(std::map<std::int64_t, StoredMessage>& messages) {
  for (const bool waits : {true, false}) {
    store::Statement& row = waits ? ready_ : inflight_;
    const store::StatementScope scope(row);
    while (row.step()) {
      StoredMessage& message = of(messages, row.number(0), waits ? "ready" : "inflight");
      ++message.places;
      message.status = waits ? domain::Status::kPending : domain::Status::kDispatching;
      message.due = row.time(1);
      message.expires_at = row.time(2);
      message.attempt = static_cast<std::uint32_t>(row.number(3));
      message.spent = static_cast<std::uint32_t>(row.number(4));
    }
  }
}

std::map<std::string, StoredQueue> Stored::queues() {
  std::map<std::string, StoredQueue> all;
  store::Statement rows(database_, kQueues);
  while (rows.step())
    all[std::string(rows.text(0))] = {static_cast<std::uint64_t>(rows.number(1)),
                                      static_cast<std::uint64_t>(rows.number(2))};
  return all;
}

std::optional<std::uint32_t> Stored::in_flight(std::int64_t id) {
  const store::StatementScope scope(one_in_flight_);
  if (!one_in_flight_.bind(1, id).step()) return std::nullopt;
  return static_cast<std::uint32_t>(one_in_flight_.number(0));
}

std::int64_t Stored::wrong_counters() {
  const store::StatementScope scope(wrong_counters_);
  return wrong_counters_.step() ? wrong_counters_.number(0) : 1;
}

std::string Stored::integrity() {
  return database_.query_text("PRAGMA quick_check");
}

void Stored::checkpoint() {
  try {
    database_.execute("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (const store::SqliteError&) {
    // The disk may be failing at this moment; a checkpoint that fails loses nothing.
  }
}

}  // namespace herald::simulation
