#include "store/sqlite_reader.h"

#include <algorithm>
#include <utility>

#include "store/conversation_reads.h"
#include "store/database.h"
#include "store/key_reads.h"
#include "store/message_reads.h"
#include "store/message_rows.h"
#include "store/record_rows.h"
#include "store/statement.h"

namespace herald::store {
namespace {

constexpr std::size_t kConnectionsKept = 16;
constexpr std::size_t kMostRowsOfAPage = 100'000;

std::string find_sql() {
  return std::string("SELECT ") + kRecordColumns + " FROM message m" + kRecordJoins + " WHERE m.id = ?1";
}

constexpr const char* kAttempts =
    "SELECT a.number, p.name, a.outcome, a.started_at, a.latency_ms, a.retry_after_ms, a.lane_wide, a.segments,"
    " a.encoding, a.provider_message_id, a.error_code"
    " FROM attempt a LEFT JOIN provider p ON p.id = a.provider_id WHERE a.message_id = ?1 ORDER BY a.number";

constexpr const char* kPlace =
    "SELECT m.provider_id, m.channel, coalesce(d.due, m.accepted_at)"
    " FROM message m LEFT JOIN delivery d ON d.message_id = m.id WHERE m.id = ?1";
constexpr const char* kReadyFrom =
    "SELECT message_id, expires_at FROM ready WHERE (provider_id, channel, due, message_id) > (?1, ?2, ?3, ?4)"
    " ORDER BY provider_id, channel, due, message_id LIMIT ?5";

domain::Attempt read_attempt(const Statement& row) {
  domain::Attempt attempt;
  attempt.number = static_cast<std::uint32_t>(row.number(0));
  attempt.provider = row.text(1);
  attempt.outcome.kind = outcome_of(row.number(2));
  attempt.started_at = row.time(3);
  attempt.latency = std::chrono::milliseconds{row.number(4)};
  if (!row.is_null(5)) attempt.outcome.retry_after = std::chrono::milliseconds{row.number(5)};
  attempt.outcome.lane_wide = row.number(6) != 0;
  attempt.outcome.segments = static_cast<std::uint32_t>(row.number(7));
  attempt.outcome.encoding = row.text(8);
  attempt.outcome.provider_message_id = row.text(9);
  attempt.outcome.error_code = row.text(10);
  return attempt;
}

}  // namespace

struct SqliteReader::Connection {
  Connection(const std::string& path, const std::string& vfs) : database(path, Database::Mode::kReadOnly, vfs) {}

  Database database;
  Statement begin{database, "BEGIN"};
  Statement end{database, "COMMIT"};
  Statement find{database, find_sql()};
  Statement attempts{database, kAttempts};
  Statement place{database, kPlace};
  Statement ready_from{database, kReadyFrom};
  ConversationReads conversations{database};
  MessageReads messages{database};
  KeyReads keys{database};
};

SqliteReader::SqliteReader(std::string path, std::string vfs, const QueueLedger& ledger, const RecentKeys& recent_keys,
                           const std::atomic<std::uint64_t>& recoveries)
    : path_(std::move(path)),
      vfs_(std::move(vfs)),
      ledger_(ledger),
      recent_keys_(recent_keys),
      recoveries_(recoveries) {}

SqliteReader::~SqliteReader() = default;

template <typename Query>
auto SqliteReader::read(Query query) const -> decltype(query(std::declval<Connection&>())) {
  try {
    auto connection = borrow();
    connection->begin.run();
    auto answer = query(*connection);
    connection->end.run();
    give_back(std::move(connection));
    return answer;
  } catch (const SqliteError& error) {
    return tl::make_unexpected(to_error(error, path_));
  }
}

base::Result<domain::MessageRecord> SqliteReader::find(domain::MessageId id) const {
  return read([id](Connection& connection) -> base::Result<domain::MessageRecord> {
    const StatementScope found(connection.find);
    if (!connection.find.bind(1, id.value()).step()) {
      return base::fail(base::ErrorCode::kNotFound, "there is no message " + id.text());
    }
    auto record = read_record(connection.find, 0, id);
    const StatementScope attempts(connection.attempts);
    connection.attempts.bind(1, id.value());
    while (connection.attempts.step()) {
      const auto& attempt = record.attempts.emplace_back(read_attempt(connection.attempts));
      if (attempt.outcome.kind != domain::OutcomeKind::kSuccess) continue;
      record.provider_message_id = attempt.outcome.provider_message_id;
      record.segments = attempt.outcome.segments;
      record.encoding = attempt.outcome.encoding;
    }
    return record;
  });
}

base::Result<std::vector<QueueDepth>> SqliteReader::queue_depths() const {
  return ledger_.depths();
}

base::Result<Reader::ExpiredPage> SqliteReader::expired(domain::MessageId after, base::WallTime now,
                                                        std::size_t limit) const {
  const auto most = std::min(limit, kMostRowsOfAPage);
  return read([after, now, most](Connection& connection) -> base::Result<ExpiredPage> {
    // Before all rows, unless `after` tells a place.
    std::int64_t provider_id = 0;
    std::int64_t channel = 0;
    std::int64_t due = 0;
    {
      const StatementScope placed(connection.place);
      if (connection.place.bind(1, after.value()).step()) {
        provider_id = connection.place.number(0);
        channel = connection.place.number(1);
        due = connection.place.number(2);
      }
    }
    ExpiredPage page;
    const StatementScope scope(connection.ready_from);
    auto& row = connection.ready_from;
    row.bind(1, provider_id).bind(2, channel).bind(3, due).bind(4, after.value());
    row.bind(5, static_cast<std::int64_t>(most));
    std::size_t looked_at = 0;
    domain::MessageId last;
    for (; row.step(); ++looked_at) {
      last = domain::MessageId{row.number(0)};
      if (row.time(1) <= now) page.ids.push_back(last);
    }
    if (looked_at == most && looked_at > 0) page.next = last;
    return page;
  });
}

base::Result<Reader::MessagePage> SqliteReader::messages(const MessageFilter& filter,
                                                         std::optional<domain::MessageId> before,
                                                         std::size_t limit) const {
  return read([&filter, before, limit](Connection& connection) -> base::Result<MessagePage> {
    return connection.messages.page(filter, before, limit);
  });
}

// Memory before the database: a key leaves memory only after its copy in a bucket has been committed, so that a call
// which comes too late for the one comes in time for the other.
base::Result<std::optional<KeyUse>> SqliteReader::find_key(const domain::Digest& key, base::WallTime not_before) const {
  if (auto use = recent_keys_.find(key, not_before)) return use;
  return read([&key, not_before](Connection& connection) -> base::Result<std::optional<KeyUse>> {
    return connection.keys.find(key, not_before);
  });
}

base::Result<std::map<std::string, std::string>> SqliteReader::kept() const {
  return read([](Connection& connection) -> base::Result<std::map<std::string, std::string>> {
    return connection.keys.kept();
  });
}

base::Result<Page<domain::Conversation>> SqliteReader::conversations(const PageStart& start, std::size_t limit) const {
  return read([&start, limit](Connection& connection) -> base::Result<Page<domain::Conversation>> {
    return connection.conversations.list(start, limit);
  });
}

base::Result<domain::Conversation> SqliteReader::conversation(domain::ConversationId id) const {
  return read([id](Connection& connection) { return connection.conversations.find(id); });
}

base::Result<Page<domain::MessageRecord>> SqliteReader::conversation_messages(domain::ConversationId id,
                                                                              const PageStart& start,
                                                                              std::size_t limit) const {
  return read(
      [id, &start, limit](Connection& connection) { return connection.conversations.messages(id, start, limit); });
}

std::unique_ptr<SqliteReader::Connection> SqliteReader::borrow() const {
  {
    const base::MutexLock lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return connection;
    }
  }
  return std::make_unique<Connection>(path_, vfs_);
}

void SqliteReader::give_back(std::unique_ptr<Connection> connection) const {
  const base::MutexLock lock(mutex_);
  if (free_.size() < kConnectionsKept) free_.push_back(std::move(connection));
}

}  // namespace herald::store
