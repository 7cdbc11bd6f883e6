// One connection to the database file. Internal to the store room.
//
// A connection is opened without SQLite's own mutexes: one thread at a time uses it and the statements made on it.
// Functions throw SqliteError; the store's public functions catch it.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;

namespace herald::store {

class SqliteError : public std::runtime_error {
 public:
  // `code` is SQLite's extended result code.
  SqliteError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

// What SQLite's code means for the host, with the cure for what an operator can cure.
base::Error to_error(const SqliteError& error, const std::string& path);

// Stored data that no version of the host can have written.
[[noreturn]] void throw_corrupt(const std::string& what);
// A sound file that is not for this build: of another application, or of a newer schema.
[[noreturn]] void throw_foreign(const std::string& what);

// What must be set before SQLite's first use in a process; a Database does it by itself.
void prepare_sqlite();

class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  // Never creates the file: a database that has vanished must not come back empty. Throws as corrupt for one that was
  // cut to less than a header beside its log, which SQLite would remove.
  Database(const std::string& path, Mode mode, const std::string& vfs);

  void execute(const char* sql);
  // The first column of the first row; throws when there is none.
  std::int64_t query_number(const char* sql);
  std::string query_text(const char* sql);

  // What the log holds stays there when this connection is the last to close, and is not moved into a file that may be
  // the wrong one. Off at first.
  void keep_log_at_close(bool keep);

  // Throws with what the connection says of its last failure.
  [[noreturn]] void fail(int code, std::string_view doing) const;

  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Closer> handle_;
};

}  // namespace herald::store
