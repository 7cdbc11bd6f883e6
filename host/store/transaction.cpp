#include "store/transaction.h"

#include <sqlite3.h>

#include "store/database.h"

namespace herald::store {

// IMMEDIATE: takes the write lock now, so that no later statement can fail for the want of it.
Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // SQLite has ended it by itself after a commit, and after some errors.
  if (sqlite3_get_autocommit(database_.handle()) != 0) return;
  // A rollback that fails leaves a connection that its owner closes, which takes the transaction back too.
  static_cast<void>(sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr));
}

void Transaction::commit() {
  database_.execute("COMMIT");
}

}  // namespace herald::store
