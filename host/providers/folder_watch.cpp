#include "providers/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "providers/debounce.h"
#include "providers/folder_notices.h"

namespace herald::providers {
namespace {

using std::chrono::milliseconds;

// Far below what poll can be told.
constexpr milliseconds kLongestPoll{60'000};

// The thread's work.
class Vigil {
 public:
  Vigil(const std::filesystem::path& folder, const FolderWatch::Timing& timing, observe::Log& log,
        std::function<void()> changed)
      : notices_(folder),
        burst_(timing.quiet, timing.at_most),
        rescan_(timing.rescan),
        log_(log),
        changed_(std::move(changed)) {}

  void keep(int ending) {
    do {
      arm();  // first, so that whatever happens from here on is noticed
      burst_.clear();
      changed_();
    } while (wait(ending));
  }

 private:
  static base::MonoTime now() { return std::chrono::steady_clock::now(); }

  void arm() {
    const auto armed = notices_.arm();
    if (!armed && granted_) {
      log_.warn("provider.folder_not_watched",
                {{"error", armed.error().message},
                 {"effect", "changes are found by looking every " + std::to_string(rescan_.count()) + " ms"},
                 {"cure",
                  "raise fs.inotify.max_user_watches and fs.inotify.max_user_instances, or the limit of open "
                  "files"}});
    }
    if (armed && !granted_) log_.info("provider.folder_watched", {});
    granted_ = armed.has_value();
  }

  // False when the watch is to end, true when it is time to tell.
  bool wait(int ending) {
    const auto rescan = now() + rescan_;
    while (true) {
      const auto until = std::min(rescan, burst_.due().value_or(rescan));
      const auto left = std::chrono::ceil<milliseconds>(until - now());
      if (left <= milliseconds::zero()) return true;
      std::array<pollfd, 2> watched{pollfd{ending, POLLIN, 0}, pollfd{notices_.fd(), POLLIN, 0}};
      const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, kLongestPoll).count()));
      if (ready <= 0) continue;  // its time has come, or a signal has
      if (watched[0].revents != 0) return false;
      if (notices_.take()) burst_.note(now());
    }
  }

  FolderNotices notices_;
  Debounce burst_;
  milliseconds rescan_;
  observe::Log& log_;
  std::function<void()> changed_;
  bool granted_ = true;
};

}  // namespace

base::Result<std::unique_ptr<FolderWatch>> FolderWatch::start(const std::filesystem::path& folder, const Timing& timing,
                                                              observe::Log& log, std::function<void()> changed) {
  base::OwnedFd ending(::eventfd(0, EFD_CLOEXEC));
  if (!ending) {
    return base::fail(base::ErrorCode::kUnavailable,
                      "the plugin folder cannot be watched: eventfd fails: " + std::generic_category().message(errno));
  }
  auto vigil = std::make_shared<Vigil>(folder, timing, log, std::move(changed));
  return std::unique_ptr<FolderWatch>(new FolderWatch(std::move(ending), [vigil](int until) { vigil->keep(until); }));
}

FolderWatch::FolderWatch(base::OwnedFd ending, const std::function<void(int)>& body)
    : ending_(std::move(ending)), thread_("plugin-watch", [body, until = ending_.get()] { body(until); }) {}

FolderWatch::~FolderWatch() {
  stop();
}

void FolderWatch::stop() {
  // It fails only when the count is full, and then the thread has long been told.
  static_cast<void>(::eventfd_write(ending_.get(), 1));
  thread_.join();
}

}  // namespace herald::providers
