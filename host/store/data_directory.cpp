#include "store/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/owned_fd.h"
#include "store/migrations.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnlyDirectory = 0700;
constexpr mode_t kOwnerOnlyFile = 0600;
constexpr mode_t kOthersMask = 0077;
constexpr mode_t kPermissions = 07777;

tl::unexpected<base::Error> failed(const std::string& doing, const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return base::fail(denied ? base::ErrorCode::kPermission : base::ErrorCode::kUnavailable,
                    "cannot " + doing + " " + path + ": " + std::system_category().message(error) +
                        "; the host needs a data directory that it may write");
}

// Entries of a directory last only when the directory itself is on disk.
base::Status sync_directory(const std::string& path) {
  const base::OwnedFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return failed("sync", path, errno);
  return {};
}

base::Status make_directory(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(parent, error)) {
    if (auto made = make_directory(parent); !made) return made;
  }
  if (::mkdir(path.c_str(), kOwnerOnlyDirectory) != 0 && errno != EEXIST) {
    return failed("make the directory", path.string(), errno);
  }
  return sync_directory(parent.string());
}

// The process that the lock file names; for a message only, since the lock itself is what counts.
std::string owner_of(int lock) {
  std::array<char, 32> text{};
  const auto length = ::pread(lock, text.data(), text.size(), 0);
  if (length <= 0) return "unknown";
  const std::string_view read(text.data(), static_cast<std::size_t>(length));
  return std::string(read.substr(0, read.find('\n')));
}

base::Status write_owner(int lock, const std::string& path) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return failed("write", path, errno);
  }
  return {};
}

base::Result<int> take_lock(const std::string& directory) {
  const std::string path = directory + "/herald.lock";
  base::OwnedFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnlyFile));
  if (!lock) return failed("open", path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", path, errno);
    return base::fail(base::ErrorCode::kConflict, "the data directory " + directory + " is in use by process " +
                                                      owner_of(lock.get()) +
                                                      "; stop that one, or give this one a data directory of its own");
  }
  if (auto written = write_owner(lock.get(), path); !written) return tl::make_unexpected(written.error());
  return lock.release();
}

std::uint32_t number_at(std::string_view header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8U | static_cast<unsigned char>(header[at + i]);
  return number;
}

// By the file itself, not by its log: SQLite takes whatever log lies beside a database for its own. A young store has
// its mark and its tables in the log alone.
bool may_own_log(const std::string& path) {
  constexpr std::size_t kHeader = 100;  // SQLite's file format, section 1.3
  constexpr std::size_t kSchemaCookie = 40;
  constexpr std::size_t kMark = 68;
  std::array<char, kHeader> bytes{};
  if (!std::ifstream(path, std::ios::binary).read(bytes.data(), kHeader)) return false;
  const std::string_view header(bytes.data(), kHeader);
  if (header.substr(0, 16) != std::string_view("SQLite format 3\0", 16)) return false;
  const auto mark = number_at(header, kMark);
  return mark == kApplicationId || (mark == 0 && number_at(header, kSchemaCookie) == 0);
}

base::Status make_database_file(const std::string& directory, const std::string& path) {
  const base::OwnedFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnlyFile));
  if (!file && errno != EEXIST) return failed("make", path, errno);
  const bool made = static_cast<bool>(file);
  std::error_code error;
  const bool has_log = fs::file_size(path + "-wal", error) > 0 && !error;
  // SQLite writes the first page to the file itself before it makes a log, so no crash leaves this behind; a file of
  // one byte counts as empty too.
  const bool empty = fs::file_size(path, error) <= 1 && !error;
  if (has_log && empty) {
    if (made) ::unlink(path.c_str());
    return base::fail(
        base::ErrorCode::kCorrupt,
        "found " + path + "-wal " + (made ? "without " : "beside an empty ") + path +
            ": the database was taken away from its log. Put it back beside the log, or move the log away "
            "to start with an empty store");
  }
  if (has_log && !may_own_log(path)) {
    return base::fail(
        base::ErrorCode::kCorrupt,
        "found " + path + "-wal beside " + path +
            ", which is no database of Herald's: the log's own was damaged or exchanged, and every file is left as it "
            "is. Put it back beside the log, or keep a copy of the data directory and restore a backup (herald backup "
            "--help tells how)");
  }
  if (!made) return {};
  return sync_directory(directory);
}

// Messages and addresses lie in it: a directory that others may enter is refused rather than closed behind their backs.
base::Status check_private(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return failed("look at", path, errno);
  if ((found.st_mode & kOthersMask) == 0) return {};
  std::array<char, 8> mode{};
  // Four digits always fit.
  static_cast<void>(std::snprintf(mode.data(), mode.size(), "%04o", found.st_mode & kPermissions));
  return base::fail(base::ErrorCode::kPermission,
                    "the data directory " + path + " has mode " + mode.data() +
                        ", so that other users may enter it; messages and addresses lie in it: chmod 700 " + path);
}

}  // namespace

base::Result<DataDirectory> DataDirectory::open(const std::string& path) {
  if (path.empty()) return base::fail(base::ErrorCode::kInvalid, "the data directory is empty; expected a path");
  if (auto made = make_directory(path); !made) return tl::make_unexpected(made.error());
  if (auto fit = check_private(path); !fit) return tl::make_unexpected(fit.error());
  auto lock = take_lock(path);
  if (!lock) return tl::make_unexpected(lock.error());
  DataDirectory directory(*lock, path + "/herald.db");
  if (auto made = make_database_file(path, directory.database_path_); !made) {
    return tl::make_unexpected(made.error());
  }
  struct stat found {};
  if (::stat(directory.database_path_.c_str(), &found) != 0) {
    return failed("look at", directory.database_path_, errno);
  }
  directory.device_ = found.st_dev;
  directory.inode_ = found.st_ino;
  return directory;
}

bool DataDirectory::has_log() const {
  std::error_code error;
  return fs::file_size(database_path_ + "-wal", error) > 0 && !error;
}

void DataDirectory::note_log() {
  struct stat found {};
  if (::stat((database_path_ + "-wal").c_str(), &found) == 0) log_ = {found.st_dev, found.st_ino};
}

base::Status DataDirectory::check_in_place() {
  struct stat found {};
  const bool there = ::stat(database_path_.c_str(), &found) == 0;
  const bool same = there && found.st_dev == device_ && found.st_ino == inode_;
  if (!same || found.st_size < size_) {
    const char* const what = !there ? "removed or moved away" : !same ? "exchanged" : "cut";
    return base::fail(base::ErrorCode::kUnavailable,
                      database_path_ + " was " + what +
                          " while the host runs; put the file that was opened back in its place, or stop the host");
  }
  size_ = found.st_size;
  return {};
}

base::Status DataDirectory::check_log_in_place() const {
  if (!log_) return {};
  struct stat found {};
  const std::string log = database_path_ + "-wal";
  if (::stat(log.c_str(), &found) == 0 && log_ == std::pair{found.st_dev, found.st_ino}) return {};
  return base::fail(base::ErrorCode::kUnavailable,
                    log +
                        " was removed, moved away or exchanged while the host runs; put it back in its place, or "
                        "start the host again: what the log held has been moved into the database");
}

DataDirectory::DataDirectory(int lock, std::string database_path)
    : lock_(lock), database_path_(std::move(database_path)) {}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : lock_(std::exchange(other.lock_, -1)),
      database_path_(std::move(other.database_path_)),
      device_(other.device_),
      inode_(other.inode_),
      size_(other.size_),
      log_(std::move(other.log_)) {}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace herald::store
