#include "store/migrations.h"

#include <array>
#include <string>

#include "store/database.h"
#include "store/transaction.h"

namespace herald::store {
namespace {

// Where a message stands is told by the table that holds its row, so that every state can be listed without an index
// over all messages, and an accept costs two appends:
//   pending      a row in `ready`, taken out when it is claimed
//   dispatching  a row in `inflight`, few at any time; what is there at start was in flight when the last process died
//   settled      a row in `delivery`, which also holds what a retry needs; made when the first attempt is settled
// Times are milliseconds since the Unix epoch. Small columns stand first, so that reading them never walks the overflow
// pages of a long body.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE provider(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  next_ordinal INTEGER NOT NULL
) STRICT;

CREATE TABLE message(
  id INTEGER PRIMARY KEY,
  direction INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  provider_id INTEGER NOT NULL,
  ordinal INTEGER,
  accepted_at INTEGER NOT NULL,
  expires_at INTEGER,
  timestamp INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  normalized_sender TEXT NOT NULL,
  normalized_recipient TEXT NOT NULL,
  subject TEXT,
  attachments TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE ready(
  provider_id INTEGER NOT NULL,
  due INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  PRIMARY KEY(provider_id, due, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE inflight(
  message_id INTEGER PRIMARY KEY,
  provider_id INTEGER NOT NULL,
  due INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  claimed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery(
  message_id INTEGER PRIMARY KEY,
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,
  error_code TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt(
  message_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  provider_id INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  latency_ms INTEGER NOT NULL,
  retry_after_ms INTEGER,
  lane_wide INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  encoding TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  error_code TEXT NOT NULL,
  PRIMARY KEY(message_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE write_proof(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  writes INTEGER NOT NULL
) STRICT;
INSERT INTO write_proof(id, writes) VALUES(1, 0);
)sql";

// What follows a message beside its own row:
//   conversation*      a conversation's fixed part apart from its counters, so that a message rewrites few bytes; the
//                      counters in the order in which conversations are listed, found by the conversation's last
//                      message: no other table by id, whose pages every batch would write too; the messages of each in
//                      the order in which they are read
//   received           an inbound message's source and its carrier's id, which is found twice when it comes twice
//   sent               the ids by which receipts will name messages; only of providers that send receipts
//   early_receipt      receipts whose message has not settled yet
//   idempotency_log    keys in the order in which they came; moved in bulk to idempotency_key, where a bucket of time
//                      holds them sorted until it is removed as a whole
//   idempotency_bucket the buckets that hold keys: from starts_at to before ends_at. Both are times, not numbers, so
//                      that buckets of several lengths can stand side by side after the setting was changed
//   kept               what operators set while the host runs
// `spent` counts the attempts before an operator's last retry, and `expires_at` in delivery stands for the message's
// own since then: the message row stays as it was accepted.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE ready ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inflight ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN expires_at INTEGER;
CREATE INDEX delivery_ended ON delivery(status, message_id) WHERE status IN (5, 6, 7);

CREATE TABLE conversation(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  channel INTEGER NOT NULL,
  participant_a TEXT NOT NULL,
  participant_b TEXT NOT NULL
) STRICT;

CREATE TABLE conversation_activity(
  last_activity_at INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL,
  message_count INTEGER NOT NULL,
  PRIMARY KEY(last_activity_at, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation_message(
  conversation_id INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY(conversation_id, timestamp, message_id)
) STRICT, WITHOUT ROWID;

INSERT INTO conversation(key, channel, participant_a, participant_b)
  SELECT CASE channel WHEN 1 THEN 'sms' WHEN 2 THEN 'mms' ELSE 'email' END || ':'
         || replace(replace(a, '%', '%25'), '<', '%3C')
         || '<->' || replace(replace(b, '%', '%25'), '<', '%3C'), channel, a, b
  FROM (SELECT channel, min(normalized_sender, normalized_recipient) AS a, max(normalized_sender, normalized_recipient)
        AS b, min(id) AS first FROM message GROUP BY 1, 2, 3) ORDER BY first;
INSERT INTO conversation_message(conversation_id, timestamp, message_id)
  SELECT c.id, m.timestamp, m.id FROM message m JOIN conversation c
  ON c.key = CASE m.channel WHEN 1 THEN 'sms' WHEN 2 THEN 'mms' ELSE 'email' END || ':'
             || replace(replace(min(m.normalized_sender, m.normalized_recipient), '%', '%25'), '<', '%3C') || '<->'
             || replace(replace(max(m.normalized_sender, m.normalized_recipient), '%', '%25'), '<', '%3C');
INSERT INTO conversation_activity(last_activity_at, conversation_id, message_count)
  SELECT max(timestamp), conversation_id, count(*) FROM conversation_message GROUP BY conversation_id;

CREATE TABLE received(
  message_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  provider_message_id TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX received_once ON received(source, provider_message_id) WHERE provider_message_id <> '';

CREATE TABLE sent(
  provider_id INTEGER NOT NULL,
  provider_message_id TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  PRIMARY KEY(provider_id, provider_message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE early_receipt(
  provider_id INTEGER NOT NULL,
  provider_message_id TEXT NOT NULL,
  delivered INTEGER NOT NULL,
  error_code TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY(provider_id, provider_message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_receipt_by_age ON early_receipt(received_at);

CREATE TABLE idempotency_log(
  seq INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  request BLOB NOT NULL,
  message_id INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_bucket(
  starts_at INTEGER PRIMARY KEY,
  ends_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_key(
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  request BLOB NOT NULL,
  message_id INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY(bucket, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What retention has removed for good: how many conversations, so that their number is told without counting, and the
// greatest ids of what is gone, which are never given again.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE removed(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  conversations INTEGER NOT NULL,
  last_conversation INTEGER NOT NULL,
  last_message INTEGER NOT NULL
) STRICT;
INSERT INTO removed(id, conversations, last_conversation, last_message) VALUES(1, 0, 0, 0);
)sql";

// A version of a provider may not take every channel that messages wait in, so each channel has a queue of its own. A
// row of `ready` without its message goes to a channel of its provider's, where a claim finds it and sets it aside; a
// channel that is none counts as the first, as it does in queue_channel_of().
constexpr const char* kVersion4 = R"sql(
CREATE TABLE ready_by_channel(
  provider_id INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  due INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  PRIMARY KEY(provider_id, channel, due, message_id)
) STRICT, WITHOUT ROWID;
INSERT INTO ready_by_channel(provider_id, channel, due, message_id, expires_at, attempt, spent)
  SELECT r.provider_id,
         CASE WHEN m.channel IN (1, 2, 3) THEN m.channel WHEN m.id IS NOT NULL THEN 1 ELSE
           coalesce((SELECT o.channel FROM message o WHERE o.provider_id = r.provider_id AND o.channel IN (1, 2, 3)
                     LIMIT 1), 1) END,
         r.due, r.message_id, r.expires_at, r.attempt, r.spent
  FROM ready r LEFT JOIN message m ON m.id = r.message_id;
DROP TABLE ready;
ALTER TABLE ready_by_channel RENAME TO ready;

ALTER TABLE inflight ADD COLUMN channel INTEGER NOT NULL DEFAULT 1;
UPDATE inflight SET channel = coalesce((SELECT m.channel FROM message m
                                        WHERE m.id = inflight.message_id AND m.channel IN (1, 2, 3)), 1);
)sql";

// Index + 1 is the version that the step leads to. Append only; tests/golden/store keeps a file of each.
constexpr std::array kMigrations{kVersion1, kVersion2, kVersion3, kVersion4};

}  // namespace

int schema_version() {
  return static_cast<int>(kMigrations.size());
}

int read_schema_version(Database& database) {
  const auto version = database.query_number("PRAGMA user_version");
  const auto application = database.query_number("PRAGMA application_id");
  const bool fresh =
      version == 0 && application == 0 && database.query_number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!fresh && application != kApplicationId) {
    throw_foreign("found an SQLite database of another application (application_id " + std::to_string(application) +
                  "), expected Herald's own (" + std::to_string(kApplicationId) +
                  "); point the data directory to a folder of Herald's own");
  }
  if (version < 0 || version > schema_version()) {
    throw_foreign(
        "found schema version " + std::to_string(version) + ", this build reads versions up to " +
        std::to_string(schema_version()) +
        "; run the newer build that wrote it, or restore a backup of an older one (herald backup --help tells how)");
  }
  return static_cast<int>(version);
}

void migrate(Database& database) {
  for (int version = read_schema_version(database); version < schema_version(); ++version) {
    Transaction transaction(database);
    database.execute(kMigrations.at(static_cast<std::size_t>(version)));
    if (version == 0) database.execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str());
    database.execute(("PRAGMA user_version = " + std::to_string(version + 1)).c_str());
    transaction.commit();
  }
}

}  // namespace herald::store
