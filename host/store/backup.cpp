#include "store/backup.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "store/database.h"
#include "store/migrations.h"
#include "store/part_file.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;
using GoOn = std::function<bool(const BackupProgress&)>;

constexpr int kPagesOfAStep = 256;
// Written in pieces that the disk is given at once: the sync of a whole large file would hold up every commit.
constexpr std::uint64_t kBytesOfASync = 4U << 20U;
constexpr int kCheckStepsOfAnAsk = 50'000;  // of SQLite's virtual machine, while the copy is checked

// Ended by the caller; told from failures on the way out.
struct Ended {};

struct BackupCloser {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

struct Asked {
  const GoOn& go_on;
  BackupProgress progress;
};

int ended_while_checked(void* asked) {
  const auto& self = *static_cast<Asked*>(asked);
  return self.go_on(self.progress) ? 0 : 1;
}

base::Error cannot_write(const SqliteError& error, const std::string& path) {
  return {base::ErrorCode::kUnavailable,
          "cannot write " + path + ": " + error.what() + ". Free space there, or name another place"};
}

// The copy alone does not tell which of the two has the damage.
base::Error not_whole(const SqliteError& error, const std::string& path) {
  return {
      base::ErrorCode::kCorrupt,
      path + ": " + error.what() +
          ". Its disk did not keep the copy, or the database is damaged. Name a place on another disk; when that "
          "fails too, stop the host, keep a copy of the data directory and restore an earlier backup (herald backup "
          "--help tells how)"};
}

base::Status check_place(const BackupOrder& order, const fs::path& database) {
  const auto refuse = [&order](const std::string& why) {
    return base::fail(base::ErrorCode::kInvalid, order.file + " " + why);
  };
  std::error_code error;
  const auto found = fs::status(order.file, error);
  if (fs::is_directory(found)) return refuse("is a folder; expected the name of the file to be made");
  // A device or a link is not replaced either, whoever asks for it: renaming would put a file in its place.
  const auto named = fs::symlink_status(order.file, error);
  if (fs::exists(named) && !fs::is_regular_file(named)) return refuse("is no regular file; name another");
  const auto folder = fs::path(order.file).parent_path();
  const bool beside = fs::equivalent(folder.empty() ? fs::path(".") : folder, order.data_dir, error) && !error;
  if (beside && fs::path(order.file).filename().string().rfind("herald.", 0) == 0) {
    return refuse("is a name that belongs to the host; name another, best of all on another disk");
  }
  if (fs::exists(found) && fs::equivalent(order.file, database, error) && !error) {
    return refuse("is the database itself; name another file, best of all on another disk");
  }
  if (fs::exists(found) && !order.overwrite)
    return refuse("is there already; name another, or replace it with --force");
  for (const char* const end : {"-wal", "-journal"}) {
    if (!fs::exists(order.file + end, error)) continue;
    return refuse(std::string("has a ") + end + " beside it, which SQLite would take for this backup's; move it away");
  }
  return {};
}

void copy_pages(Database& source, Database& copy, const PartFile& file, Asked& asked) {
  const auto page_bytes = static_cast<std::uint64_t>(source.query_number("PRAGMA page_size"));
  const std::unique_ptr<sqlite3_backup, BackupCloser> backup(
      sqlite3_backup_init(copy.handle(), "main", source.handle(), "main"));
  if (!backup) copy.fail(sqlite3_extended_errcode(copy.handle()), "begin the copy");
  std::uint64_t synced = 0;
  for (int code = SQLITE_OK; code != SQLITE_DONE;) {
    code = sqlite3_backup_step(backup.get(), kPagesOfAStep);
    if (code != SQLITE_OK && code != SQLITE_DONE) copy.fail(code, "copy");
    const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
    asked.progress = {(total - left) * page_bytes, total * page_bytes};
    if (!asked.go_on(asked.progress)) throw Ended{};
    if (asked.progress.bytes_done - synced < kBytesOfASync) continue;
    synced = asked.progress.bytes_done;
    // What a failed sync has lost, no later one brings to the disk.
    if (auto given = file.sync(); !given) throw SqliteError(SQLITE_IOERR_FSYNC, given.error().message);
  }
}

// One file without a log: what a backup is copied and kept as.
void leave_log_mode(Database& copy) {
  copy.execute("PRAGMA locking_mode = EXCLUSIVE");
  if (const auto mode = copy.query_text("PRAGMA journal_mode = DELETE"); mode != "delete") {
    throw SqliteError(SQLITE_ERROR, "the copy stays in journal mode \"" + mode + "\"");
  }
}

void check_whole(Database& copy, Asked& asked) {
  sqlite3_progress_handler(copy.handle(), kCheckStepsOfAnAsk, ended_while_checked, &asked);
  std::string verdict;
  try {
    verdict = copy.query_text("PRAGMA integrity_check(1)");
  } catch (const SqliteError& error) {
    if ((error.code() & 0xff) == SQLITE_INTERRUPT) throw Ended{};
    throw;
  }
  sqlite3_progress_handler(copy.handle(), 0, nullptr, nullptr);
  if (verdict == "ok") return;
  std::replace(verdict.begin(), verdict.end(), '\n', ' ');
  throw_corrupt("the integrity check of the copy found: " + verdict);
}

base::Status write_copy(Database& source, const PartFile& file, Asked& asked) {
  try {
    Database copy(file.path(), Database::Mode::kReadWrite, "");
    // Until the file has its name nobody relies on it; it is synced before.
    copy.execute("PRAGMA journal_mode = OFF");
    copy.execute("PRAGMA synchronous = OFF");
    copy_pages(source, copy, file, asked);
    leave_log_mode(copy);
    check_whole(copy, asked);
    return {};
  } catch (const SqliteError& error) {
    const bool damaged = (error.code() & 0xff) == SQLITE_CORRUPT;
    return tl::make_unexpected(damaged ? not_whole(error, file.path()) : cannot_write(error, file.path()));
  }
}

base::Result<BackupReport> back_up_to(Database& source, const BackupOrder& order, const GoOn& go_on) {
  BackupReport report;
  report.schema_version = read_schema_version(source);
  auto file = PartFile::make(order.file);
  if (!file) return tl::make_unexpected(file.error());
  Asked asked{go_on, {}};
  if (auto written = write_copy(source, *file, asked); !written) return tl::make_unexpected(written.error());
  report.bytes = asked.progress.bytes_total;
  if (auto published = file->publish(order.overwrite); !published) return tl::make_unexpected(published.error());
  return report;
}

}  // namespace

base::Result<BackupReport> back_up(const BackupOrder& order, const GoOn& go_on) {
  const fs::path database = fs::path(order.data_dir) / "herald.db";
  std::error_code error;
  if (!fs::is_regular_file(database, error)) {
    return base::fail(base::ErrorCode::kNotFound,
                      "found no database at " + database.string() + "; name the host's folder with --data-dir");
  }
  if (auto place = check_place(order, database); !place) return tl::make_unexpected(place.error());
  try {
    Database source(database.string(), Database::Mode::kReadOnly, "");
    source.execute("BEGIN");
    // The first read is what fixes the moment; an empty file has nothing to back up.
    if (source.query_number("SELECT count(*) FROM sqlite_schema") == 0) {
      return base::fail(base::ErrorCode::kNotFound, database.string() + " is empty: no host has written to it yet");
    }
    return back_up_to(source, order, go_on);
  } catch (const SqliteError& failure) {
    return tl::make_unexpected(to_error(failure, database.string()));
  } catch (const Ended&) {
    return base::fail(base::ErrorCode::kConflict, "interrupted; " + order.file + " was not written");
  }
}

}  // namespace herald::store
