#include "store/database.h"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>

#include "store/statement.h"

namespace herald::store {
namespace {

// For the moments in which another connection of this process recovers or restarts the log.
constexpr int kBusyTimeoutMs = 5'000;

// A smaller file counts as empty for SQLite, of one byte too, and it removes the log of an empty database.
constexpr std::uintmax_t kLeastPage = 512;

void refuse_cut_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size >= kLeastPage) return;
  const auto log_size = std::filesystem::file_size(path + "-wal", error);
  if (error || log_size == 0) return;
  throw_corrupt("found " + std::to_string(size) + " bytes beside " + path + "-wal, expected the log's own database");
}

}  // namespace

base::Error to_error(const SqliteError& error, const std::string& path) {
  const std::string found = path + ": " + error.what();
  switch (error.code() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {
          base::ErrorCode::kCorrupt,
          found +
              ". The database is damaged, and nothing of it is repaired or removed; what its log held may have been "
              "moved into it. Stop the host, keep a copy of the data directory, and "
              "restore a backup (herald backup --help tells how), or recover what is readable with: sqlite3 herald.db "
              ".recover"};
    case SQLITE_MISMATCH:  // by throw_foreign()
      return {base::ErrorCode::kCorrupt, found + ". The file is left as it is"};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return {base::ErrorCode::kPermission, found + ". The host must own the data directory and be able to write it."};
    case SQLITE_FULL:
      return {base::ErrorCode::kUnavailable, found + ". Free space on the volume of the data directory."};
    case SQLITE_CANTOPEN:
      return {base::ErrorCode::kUnavailable, found + ". Check that the data directory exists and can be written."};
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return {base::ErrorCode::kUnavailable, found};
    default:
      return {base::ErrorCode::kInternal, found};
  }
}

// SQLite counts its memory under a lock that every allocation of every connection takes: about a twentieth of what a
// stored message costs. Nobody asks for the counts. SQLite takes the setting only before its first use in a process;
// one that has used it already, as a test with a file system of its own, keeps counting.
void prepare_sqlite() {
  static const int kTaken = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kTaken);
}

void throw_corrupt(const std::string& what) {
  throw SqliteError(SQLITE_CORRUPT, what);
}

void throw_foreign(const std::string& what) {
  throw SqliteError(SQLITE_MISMATCH, what);
}

void Database::Closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

Database::Database(const std::string& path, Mode mode, const std::string& vfs) {
  const int flags = (mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  prepare_sqlite();
  refuse_cut_file(path);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(handle);
  if (handle == nullptr) throw SqliteError(SQLITE_NOMEM, "no memory for a connection");
  sqlite3_extended_result_codes(handle, 1);
  if (code != SQLITE_OK) fail(sqlite3_extended_errcode(handle), "open");
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
}

void Database::keep_log_at_close(bool keep) {
  const int code = sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
  if (code != SQLITE_OK) fail(code, "keep the log");
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, sql);
}

std::int64_t Database::query_number(const char* sql) {
  Statement statement(*this, sql);
  if (!statement.step()) throw SqliteError(SQLITE_INTERNAL, std::string(sql) + " gave no row");
  return statement.number(0);
}

std::string Database::query_text(const char* sql) {
  Statement statement(*this, sql);
  if (!statement.step()) throw SqliteError(SQLITE_INTERNAL, std::string(sql) + " gave no row");
  return std::string(statement.text(0));
}

void Database::fail(int code, std::string_view doing) const {
  // A failed step of a copy is not always told to the connection.
  const bool told = sqlite3_errcode(handle()) != SQLITE_OK;
  throw SqliteError(code, std::string(told ? sqlite3_errmsg(handle()) : sqlite3_errstr(code)) + " (SQLite code " +
                              std::to_string(code) + ", system error " +
                              std::to_string(sqlite3_system_errno(handle())) +
                              ") at: " + std::string(doing.substr(0, doing.find('\n'))));
}

}  // namespace herald::store
