#include "store/session.h"

#include <sqlite3.h>

#include <algorithm>

#include "store/transaction.h"

namespace herald::store {
namespace {

// A commit that must reach the disk, and the whole log after it: before this has succeeded nothing is acknowledged.
void prove_writable(Database& database, Checkpointer& checkpointer) {
  Transaction transaction(database);
  database.execute("UPDATE write_proof SET writes = writes + 1");
  transaction.commit();
  checkpointer.empty_log();
}

// A step must move more keys than the batches bring between two of them.
KeyArchive::Limits key_limits(const Options& options) {
  KeyArchive::Limits limits;
  limits.ttl = options.idempotency_ttl;
  limits.most_copied = std::max(limits.most_copied, 2 * options.max_batch);
  limits.most_deleted = 4 * limits.most_copied;
  return limits;
}

}  // namespace

// The page size and the log mode are the file's; the rest dies with the connection.
void Session::set_up(const Options& options) {
  database.execute("PRAGMA page_size = 4096");
  if (const auto mode = database.query_text("PRAGMA journal_mode = WAL"); mode != "wal") {
    throw SqliteError(SQLITE_ERROR, "found journal mode \"" + mode +
                                        "\", expected \"wal\"; the data directory must lie on a local file system with "
                                        "shared memory");
  }
  database.execute(options.durability == Durability::kPower ? "PRAGMA synchronous = FULL"
                                                            : "PRAGMA synchronous = NORMAL");
  database.execute("PRAGMA cache_size = -65536");  // KiB: the tails of the tables and the whole of the queue's head
  database.execute("PRAGMA temp_store = MEMORY");
  // Debian's SQLite zeroes what is deleted unless told not to; a queue deletes all day.
  database.execute("PRAGMA secure_delete = OFF");
  database.execute(("PRAGMA journal_size_limit = " + std::to_string(options.wal_limit_bytes)).c_str());
}

void Session::arm(const Surroundings& around) {
  const auto& options = around.options;
  checkpointer.emplace(database, around.log, around.metrics, options.wal_limit_bytes);
  prove_writable(database, *checkpointer);
  around.ledger.load(database);
  static_cast<void>(around.ledger.publish());
  applier.emplace(database, around.ledger, around.ids, around.clock, options.queue_max);
  receipt_sweep.emplace(database, applier->receipts(), around.clock, around.log);
  around.recent_keys.replace(read_key_log(database));
  key_archive.emplace(database, around.recent_keys, key_limits(options), around.clock, around.log);
  retention.emplace(database, applier->conversations(), options, around.clock, around.log);
}

}  // namespace herald::store
