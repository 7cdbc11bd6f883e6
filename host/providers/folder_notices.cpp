#include "providers/folder_notices.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "providers/plugin_folder.h"

namespace herald::providers {
namespace {

constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;
constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
                                IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::size_t kBufferBytes = 16UL << 10U;

tl::unexpected<base::Error> not_granted(const char* what, int error) {
  return base::fail(base::ErrorCode::kUnavailable, std::string(what) + ": " + std::generic_category().message(error));
}

}  // namespace

base::Status FolderNotices::arm() {
  if (!queue_) {
    queue_ = base::OwnedFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!queue_) return not_granted("inotify_init1 fails", errno);
  }
  const int watch = ::inotify_add_watch(queue_.get(), folder_.c_str(), kMask);
  const int error = watch < 0 ? errno : 0;
  if (watch != watch_) forget_folder();
  watch_ = watch;
  if (error == ENOSPC || error == ENOMEM) return not_granted("inotify_add_watch fails", error);
  return {};
}

void FolderNotices::forget_folder() {
  // Fails for one that is gone, which the kernel has forgotten by itself.
  if (watch_ >= 0) static_cast<void>(::inotify_rm_watch(queue_.get(), watch_));
  watch_ = -1;
}

bool FolderNotices::take() {
  alignas(inotify_event) std::array<char, kBufferBytes> buffer{};
  const ssize_t got = ::read(queue_.get(), buffer.data(), buffer.size());
  bool any = false;
  for (std::size_t at = 0; got > 0 && at < static_cast<std::size_t>(got);) {
    inotify_event event{};
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* const name = buffer.data() + at + sizeof event;
    any = counts(event, {name, ::strnlen(name, event.len)}) || any;
    at += sizeof event + event.len;
  }
  return any;
}

bool FolderNotices::counts(const inotify_event& event, std::string_view name) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
  if (event.wd != watch_) return false;  // of a folder that is watched no more
  if ((event.mask & kGone) != 0) {
    forget_folder();
    return true;
  }
  if (name.empty()) return true;  // the folder's own owner or mode
  if (!is_plugin_file_name(name)) return false;
  return (event.mask & IN_CREATE) == 0 || is_whole(name);
}

// False for a file that somebody has made in order to write into it: its IN_CLOSE_WRITE follows. A link is there at
// once, and nothing else tells of it.
bool FolderNotices::is_whole(std::string_view name) const {
  struct stat info {};
  if (::lstat((folder_ / name).c_str(), &info) != 0) return false;  // what took it away is noticed too
  return !S_ISREG(info.st_mode) || info.st_nlink > 1;
}

}  // namespace herald::providers
