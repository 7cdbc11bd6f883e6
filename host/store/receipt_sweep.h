// Removes parked receipts whose message never settled, a few at a time. Internal to the store room.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "observe/log.h"

namespace herald::store {

class Database;
class ReceiptBook;

// The writer's thread only, between two transactions; lives no longer than the database and the book.
class ReceiptSweep {
 public:
  static constexpr std::chrono::minutes kInterval{1};
  // What one commit removes: a batch that waits behind it must not notice.
  static constexpr std::size_t kMostOfAStep = 256;

  ReceiptSweep(Database& database, ReceiptBook& book, const base::Clock& clock, observe::Log& log);

  // Once an interval, and at once again while there is more: removes some of what is too old, in a transaction of its
  // own. Throws SqliteError when that failed; the connection must be closed then, as after any failed commit.
  void run_if_due();

 private:
  Database& database_;
  ReceiptBook& book_;
  const base::Clock& clock_;
  observe::Log& log_;
  std::optional<base::MonoTime> next_;  // nothing before the first look
};

}  // namespace herald::store
