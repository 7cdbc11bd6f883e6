#include "providers/fingerprint.h"

#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "providers/system_refusal.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
// Linux stamps in steps of a few milliseconds; some file systems, and some servers, in whole seconds or two.
constexpr std::int64_t kCoarsestStep = 2 * kNanosPerSecond;

std::int64_t nanos(const timespec& time) {
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

Access access_of(const struct stat& info) {
  return {info.st_uid, info.st_mode};
}

base::Result<struct stat> status_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return system_refusal("it cannot be reached", errno);
  return info;
}

bool has_no_name(const fs::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) != 0 && errno == ENOENT;
}

}  // namespace

base::Result<Fingerprint> fingerprint_of(const fs::path& file) {
  if (has_no_name(file)) {
    return base::fail(base::ErrorCode::kNotFound, "it cannot be reached: " + std::generic_category().message(ENOENT));
  }
  const auto info = status_of(file);
  if (!info) return tl::make_unexpected(info.error());
  const auto folder = status_of(file.parent_path());
  if (!folder) return tl::make_unexpected(folder.error());
  std::error_code error;
  const fs::path target = fs::canonical(file, error);
  if (error) return system_refusal("it cannot be reached", error.value());
  const auto target_folder = status_of(target.parent_path());
  if (!target_folder) return tl::make_unexpected(target_folder.error());

  Fingerprint out;
  out.device = info->st_dev;
  out.inode = info->st_ino;
  out.size = static_cast<std::uint64_t>(info->st_size);
  out.modified_ns = nanos(info->st_mtim);
  out.changed_ns = nanos(info->st_ctim);
  out.file = access_of(*info);
  out.folder = access_of(*folder);
  out.target_folder = access_of(*target_folder);
  return out;
}

bool is_settled(const Fingerprint& fingerprint) {
  timespec now{};
  // Always succeeds. The system's own clock, which stamps the files, and no other will do here.
  ::clock_gettime(CLOCK_REALTIME, &now);
  return fingerprint.changed_ns + kCoarsestStep <= nanos(now);
}

}  // namespace herald::providers
