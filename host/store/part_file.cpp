#include "store/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/owned_fd.h"

namespace herald::store {
namespace {

constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<base::Error> failed(const std::string& doing, const std::string& path, int error) {
  const std::string found = "cannot " + doing + " " + path + ": " + std::system_category().message(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return base::fail(base::ErrorCode::kNotFound, found + "; make its folder first, or name another");
    case EACCES:
    case EPERM:
    case EROFS:
      return base::fail(base::ErrorCode::kPermission, found + "; name a folder that this user may write");
    case EEXIST:
      return base::fail(base::ErrorCode::kConflict,
                        found + "; remove it unless another backup is under way in another container");
    case ENOSPC:
    case EDQUOT:
      return base::fail(base::ErrorCode::kUnavailable, found + "; free space there, or name another place");
    default:
      return base::fail(base::ErrorCode::kUnavailable, found);
  }
}

// Where the file system cannot refuse a name that is taken, the question comes before the act.
int rename_to_free_name(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::access(to.c_str(), F_OK) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

bool is_of_dead_process(std::string_view pid) {
  pid_t number = 0;
  const auto read = std::from_chars(pid.data(), pid.data() + pid.size(), number);
  if (read.ec != std::errc{} || read.ptr != pid.data() + pid.size() || number <= 0) return false;
  return ::kill(number, 0) != 0 && errno == ESRCH;
}

// Of no consequence when it fails: what is left behind only takes space.
void remove_left_behind(const std::string& final_path) {
  const std::filesystem::path path(final_path);
  const std::string start = path.filename().string() + ".part-";
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.rfind(start, 0) != 0 || !is_of_dead_process(std::string_view(name).substr(start.size()))) continue;
    ::unlink(at->path().c_str());
  }
}

base::Status sync_folder_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const base::OwnedFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return failed("sync", folder, errno);
  return {};
}

}  // namespace

base::Result<PartFile> PartFile::make(const std::string& final_path) {
  remove_left_behind(final_path);
  std::string path = final_path + ".part-" + std::to_string(::getpid());
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (file < 0) return failed("make", path, errno);
  return PartFile(file, std::move(path), final_path);
}

base::Status PartFile::sync() const {
  if (::fsync(file_) != 0) return failed("sync", path_, errno);
  return {};
}

base::Status PartFile::publish(bool replace) {
  if (auto synced = sync(); !synced) return synced;
  int error = 0;
  if (!replace) {
    error = rename_to_free_name(path_, final_path_);
  } else if (::rename(path_.c_str(), final_path_.c_str()) != 0) {
    error = errno;
  }
  if (error == EEXIST) return base::fail(base::ErrorCode::kInvalid, final_path_ + " has come to be there meanwhile");
  if (error != 0) return failed("rename to its name", path_, error);
  path_.clear();
  return sync_folder_of(final_path_);
}

PartFile::PartFile(int file, std::string path, std::string final_path)
    : file_(file), path_(std::move(path)), final_path_(std::move(final_path)) {}

PartFile::PartFile(PartFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      path_(std::exchange(other.path_, {})),
      final_path_(std::move(other.final_path_)) {}

PartFile::~PartFile() {
  if (file_ >= 0) ::close(file_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace herald::store
