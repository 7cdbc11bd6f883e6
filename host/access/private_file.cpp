#include "access/private_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/owned_fd.h"

namespace herald::access {
namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;
constexpr mode_t kOthersMask = 0077;
constexpr mode_t kPermissions = 07777;
constexpr mode_t kOwnerOnly = 0600;

// Removed unless it was renamed.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  const std::string& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

tl::unexpected<base::Error> failed(const std::string& doing, const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return base::fail(denied ? base::ErrorCode::kPermission : base::ErrorCode::kUnavailable,
                    "cannot " + doing + " " + path + ": " + std::system_category().message(error));
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  // Four digits always fit.
  static_cast<void>(std::snprintf(text.data(), text.size(), "%04o", mode & kPermissions));
  return text.data();
}

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileMark mark_of(const struct stat& about) {
  return {about.st_dev, about.st_ino, about.st_size, nanoseconds(about.st_mtim), nanoseconds(about.st_ctim)};
}

base::Status check_private(const struct stat& about, const std::string& path) {
  if (!S_ISREG(about.st_mode)) return base::fail(base::ErrorCode::kInvalid, path + " is no regular file");
  if (about.st_uid != 0 && about.st_uid != ::geteuid()) {
    return base::fail(base::ErrorCode::kPermission, path + " belongs to the user " + std::to_string(about.st_uid) +
                                                        ", expected root or " + std::to_string(::geteuid()) +
                                                        ", who reads it; chown it");
  }
  if ((about.st_mode & kOthersMask) == 0) return {};
  return base::fail(base::ErrorCode::kPermission,
                    path + " has mode " + octal(about.st_mode) +
                        ", so that others may read or write it; expected 0600: chmod 600 " + path);
}

base::Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  std::array<char, 16'384> chunk{};
  while (true) {
    const ssize_t count = ::read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path, errno);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) return base::fail(base::ErrorCode::kInvalid, path + " is larger than 1 MiB");
  }
}

base::Status write_all(int fd, const std::string& path, const std::string& text) {
  if (!base::write_whole(fd, text)) return failed("write", path, errno);
  if (::fsync(fd) != 0) return failed("sync", path, errno);
  return {};
}

// The file that a path means behind its links, so that a link stays one.
std::string target_of(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

base::Status replace(const std::string& path, const std::string& text, const std::optional<struct stat>& former) {
  NewFile made(path + ".new." + std::to_string(::getpid()));
  const base::OwnedFd file(
      ::open(made.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!file) return failed("make", made.path(), errno);
  if (::fchmod(file.get(), kOwnerOnly) != 0) return failed("chmod", made.path(), errno);
  if (former && former->st_uid != ::geteuid() && ::fchown(file.get(), former->st_uid, former->st_gid) != 0)
    return failed("give its former owner", made.path(), errno);
  if (auto written = write_all(file.get(), made.path(), text); !written) return written;
  if (::rename(made.path().c_str(), path.c_str()) != 0) return failed("replace", path, errno);
  made.keep();
  return {};
}

}  // namespace

base::Result<PrivateText> read_private_file(const std::string& path) {
  const base::OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return base::fail(base::ErrorCode::kNotFound, "there is no file " + path);
  if (!file) return failed("open", path, errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return failed("look at", path, errno);
  if (auto fit = check_private(about, path); !fit) return tl::make_unexpected(fit.error());
  auto text = read_all(file.get(), path);
  if (!text) return tl::make_unexpected(text.error());
  return PrivateText{*std::move(text), mark_of(about)};
}

FileMark mark_of(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? mark_of(about) : FileMark{};
}

base::Status change_private_file(const std::string& path,
                                 const std::function<base::Result<std::string>(const std::string& former)>& change) {
  const auto target = target_of(path);
  auto folder_path = std::filesystem::path(target).parent_path().string();
  if (folder_path.empty()) folder_path = ".";
  // The folder is what two of these lock: the file itself is another one after each change.
  const base::OwnedFd folder(::open(folder_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return failed("open the folder", folder_path, errno);
  while (::flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return failed("lock the folder", folder_path, errno);
  }
  struct stat about {};
  const bool there = ::stat(target.c_str(), &about) == 0;
  std::string former;
  if (there) {
    auto read = read_private_file(target);
    if (!read) return tl::make_unexpected(read.error());
    former = std::move(read->text);
  }
  auto text = change(former);
  if (!text) return tl::make_unexpected(text.error());
  if (auto done = replace(target, *text, there ? std::optional(about) : std::nullopt); !done) return done;
  if (::fsync(folder.get()) != 0) return failed("sync the folder", folder_path, errno);
  return {};
}

}  // namespace herald::access
