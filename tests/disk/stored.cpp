#include "stored.h"

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "domain/lifecycle.h"

namespace herald::disk {
namespace {

using domain::Status;

struct Closer {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  explicit Connection(const std::string& database) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw std::runtime_error("cannot open " + database);
  }

  void each(const char* sql, const std::function<void(const Row&)>& use) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql, -1, &made, nullptr) != SQLITE_OK) fail(sql);
    const std::unique_ptr<sqlite3_stmt, Closer> statement(made);
    int code = sqlite3_step(made);
    for (; code == SQLITE_ROW; code = sqlite3_step(made))
      use(Row(made));
    if (code != SQLITE_DONE) fail(sql);
  }

 private:
  [[noreturn]] void fail(const char* sql) {
    throw std::runtime_error(std::string(sqlite3_errmsg(handle_.get())) + " at: " + sql);
  }

  std::unique_ptr<sqlite3, Closer> handle_;
};

// A message stands in one place: `ready`, `inflight`, or with an end in `delivery`; an inbound one in none.
constexpr const char* kMessages =
    "SELECT m.id, m.direction, CAST(m.body AS BLOB), p.name, r.due, r.attempt, i.due, i.attempt, d.status, d.attempts,"
    " d.error_code, (SELECT count(*) FROM attempt a WHERE a.message_id = m.id)"
    " FROM message m LEFT JOIN provider p ON p.id = m.provider_id LEFT JOIN ready r ON r.message_id = m.id"
    " LEFT JOIN inflight i ON i.message_id = m.id LEFT JOIN delivery d ON d.message_id = m.id ORDER BY m.id";

// Each answers a row for each thing that cannot be.
constexpr const char* kImpossible[] = {
    "SELECT 'ready without its message' FROM ready WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT 'in flight without its message' FROM inflight WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT 'a delivery without its message' FROM delivery WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT 'an attempt without its message' FROM attempt WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT 'a message in no conversation, or in two' FROM message m WHERE 1 <> (SELECT count(*) FROM"
    " conversation_message c WHERE c.message_id = m.id)",
    "SELECT 'a conversation whose count is wrong' FROM conversation c WHERE coalesce((SELECT sum(message_count) FROM"
    " conversation_activity a WHERE a.conversation_id = c.id), 0) <> (SELECT count(*) FROM conversation_message m"
    " WHERE m.conversation_id = c.id)",
    "SELECT 'an ordinal given twice' FROM message WHERE ordinal IS NOT NULL GROUP BY provider_id, ordinal"
    " HAVING count(*) > 1",
    "SELECT 'an ordinal that will be given again' FROM message m JOIN provider p ON p.id = m.provider_id"
    " WHERE m.ordinal >= p.next_ordinal",
    "SELECT 'an inbound message without its carrier''s id' FROM message WHERE direction = 2"
    " AND id NOT IN (SELECT message_id FROM received)",
    "SELECT 'a carrier''s id without its message' FROM received WHERE message_id NOT IN (SELECT id FROM message)"};

void read_message(const Row& row, Stored& stored) {
  const auto body = row.text(2);
  const auto token = body.substr(0, body.find(' '));
  const bool inbound = row.number(1) == 2;
  const bool ready = !row.is_null(4);
  const bool in_flight = !row.is_null(6);
  const auto written = row.is_null(8) ? 0 : static_cast<int>(row.number(8));
  const bool ended = written > static_cast<int>(Status::kDispatching);
  if (!stored.ids.emplace(token, row.number(0)).second) stored.faults.push_back(token + " is stored twice");
  const int places =
      static_cast<int>(inbound) + static_cast<int>(ready) + static_cast<int>(in_flight) + static_cast<int>(ended);
  if (places != 1) stored.faults.push_back(token + " stands in " + std::to_string(places) + " states");

  auto status = static_cast<Status>(written);
  auto attempts = row.number(9);
  if (inbound) status = Status::kReceived;
  if (ready || in_flight) {
    status = ready ? Status::kPending : Status::kDispatching;
    attempts = row.number(ready ? 5 : 7) - 1;
  }
  if (attempts != row.number(11)) {
    stored.faults.push_back(token + " has " + std::to_string(row.number(11)) + " attempts, and its state tells of " +
                            std::to_string(attempts));
  }
  // The whole body: a message that is there in part is not there.
  const auto size = token.size() + 1 + std::stoul("0" + token.substr(token.find('-') + 1));
  if (body != token + std::string(body.size() - token.size(), ' ') || body.size() != size)
    stored.faults.push_back(token + " has another body");
  stored.state.messages[token] = told(static_cast<int>(status), row.text(3), attempts, row.number(4), row.text(10));
}

void read_keys(Connection& connection, Stored& stored) {
  constexpr const char* kKeys =
      "SELECT hex(k.key), CAST(m.body AS BLOB), k.accepted_at, k.message_id FROM (SELECT key, message_id, accepted_at"
      " FROM idempotency_log UNION SELECT key, message_id, accepted_at FROM idempotency_key) k"
      " LEFT JOIN message m ON m.id = k.message_id";
  connection.each(kKeys, [&stored](const Row& row) {
    const auto key = row.text(0);
    if (row.is_null(1)) {
      stored.faults.push_back("key " + key + " names message " + std::to_string(row.number(3)) +
                              ", which is not there");
      return;
    }
    const auto body = row.text(1);
    if (!stored.state.keys.emplace(key, body.substr(0, body.find(' '))).second)
      stored.faults.push_back("key " + key + " names two messages");
    stored.used[key] = row.number(2);
  });
}

template <typename Text>
void compare(const std::map<std::string, Text>& expected, const std::map<std::string, Text>& found, const char* what,
             std::ostringstream& out) {
  for (const auto& [name, value] : expected) {
    const auto at = found.find(name);
    if (at == found.end())
      out << "  " << what << ' ' << name << ": expected \"" << value << "\", it is missing\n";
    else if (at->second != value)
      out << "  " << what << ' ' << name << ": expected \"" << value << "\", found \"" << at->second << "\"\n";
  }
  for (const auto& [name, value] : found) {
    if (expected.count(name) == 0) out << "  " << what << ' ' << name << ": found \"" << value << "\", expected none\n";
  }
}

}  // namespace

std::string told(int status, const std::string& provider, std::int64_t attempts, std::int64_t due,
                 const std::string& error) {
  const auto what = static_cast<Status>(status);
  auto text = std::string(domain::to_string(what)) + " " + provider + " " + std::to_string(attempts);
  if (what == Status::kPending) text += " due " + std::to_string(due);
  if (what == Status::kFailed) text += " " + error;
  return text;
}

std::string difference(const State& expected, const State& found) {
  std::ostringstream out;
  compare(expected.messages, found.messages, "message", out);
  compare(expected.keys, found.keys, "key", out);
  compare(expected.kept, found.kept, "setting", out);
  if (expected.early != found.early) {
    out << "  early receipts: expected " << expected.early.size() << ", found " << found.early.size() << '\n';
  }
  constexpr std::size_t kShown = 600;
  const auto all = out.str();
  return all.size() <= kShown ? all : all.substr(0, kShown) + "...\n";
}

Stored read_stored(const std::string& database) {
  Connection connection(database);
  Stored stored;
  connection.each("BEGIN", [](const Row&) {});
  connection.each(kMessages, [&stored](const Row& row) { read_message(row, stored); });
  read_keys(connection, stored);
  for (const auto* sql : kImpossible)
    connection.each(sql, [&stored](const Row& row) { stored.faults.push_back(row.text(0)); });
  connection.each("SELECT key, value FROM kept",
                  [&stored](const Row& row) { stored.state.kept[row.text(0)] = row.text(1); });
  connection.each("SELECT provider_message_id FROM early_receipt",
                  [&stored](const Row& row) { stored.state.early.insert(row.text(0)); });
  return stored;
}

std::string integrity_of(const std::string& database) {
  std::string found;
  Connection(database).each("PRAGMA integrity_check", [&found](const Row& row) { found += row.text(0); });
  return found;
}

}  // namespace herald::disk
