// A prepared statement. Internal to the store room.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"

struct sqlite3_stmt;

namespace herald::store {

class Database;

// Lives no longer than its database; used by that connection's thread. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  // Bound text is not copied: its bytes must stay until the statement has been reset. Exact bytes, zeros too.
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, base::WallTime time) { return bind(parameter, base::unix_ms(time)); }
  // The same for bytes that are no text.
  Statement& bind_bytes(int parameter, std::span<const std::uint8_t> bytes);
  Statement& bind_null(int parameter);

  // True when a row is there to be read.
  bool step();
  void reset();

  // For a statement that gives no rows: one step and a reset; the number of rows that it changed.
  std::int64_t run();

  std::int64_t number(int column) const;
  // Bytes too. Valid until the next step or reset.
  std::string_view text(int column) const;
  base::WallTime time(int column) const { return base::from_unix_ms(number(column)); }
  bool is_null(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* handle) const;
  };
  void check(int code) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
};

// Resets a statement when the scope ends, so that a thrown error leaves no half-read query behind.
class StatementScope {
 public:
  explicit StatementScope(Statement& statement) : statement_(statement) {}
  ~StatementScope() { statement_.reset(); }
  StatementScope(const StatementScope&) = delete;
  StatementScope& operator=(const StatementScope&) = delete;

 private:
  Statement& statement_;
};

}  // namespace herald::store
