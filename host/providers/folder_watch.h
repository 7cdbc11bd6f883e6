// Tells that the plugin folder may have changed: soon after it did, by inotify, and now and then in any case. It is a
// lossy wake-up, and its listener compares the folder with what runs.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/owned_fd.h"
#include "base/result.h"
#include "base/worker.h"
#include "observe/log.h"

namespace herald::providers {

// Construct, stop and destroy it on one thread.
class FolderWatch {
 public:
  struct Timing {
    std::chrono::milliseconds quiet{200};      // without a further change before it is told
    std::chrono::milliseconds at_most{2'000};  // from the first change, however many follow
    std::chrono::milliseconds rescan{10'000};  // between two tellings without a change that was seen
  };

  // Starts the thread "plugin-watch", which calls `changed`, once in the beginning and then after every change; never
  // twice at once. `changed` may block, for as long as it likes, and must not throw. What happens meanwhile is told
  // when it has returned. The log outlives the watch.
  //
  // Only files named *.so that are not hidden count, and the folder itself. A folder that does not exist, ceases to, or
  // is another one of the same name is found by the next rescan. When the system grants no inotify, one line is logged,
  // and the rescans go on alone. The error when there are no descriptors for the thread to be stopped by.
  static base::Result<std::unique_ptr<FolderWatch>> start(const std::filesystem::path& folder, const Timing& timing,
                                                          observe::Log& log, std::function<void()> changed);

  // Stops it.
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // At once, but for a `changed` that is being called: it is waited for. No call follows. May be repeated.
  void stop();

 private:
  FolderWatch(base::OwnedFd ending, const std::function<void(int)>& body);

  base::OwnedFd ending_;  // an eventfd; written once
  base::Worker thread_;
};

}  // namespace herald::providers
