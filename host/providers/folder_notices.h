// What the kernel says of changes in the plugin folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/owned_fd.h"
#include "base/result.h"

struct inotify_event;

namespace herald::providers {

// One thread.
class FolderNotices {
 public:
  explicit FolderNotices(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Watches the folder that has the name now, and no former one. Passes also when there is none, or one that the host
  // may not read: who lists it will say so. kUnavailable when the system grants no watch: an error that lasts until the
  // user's limits, or what else uses them, change.
  base::Status arm();

  // To be polled for reading; negative when there is none.
  int fd() const { return queue_.get(); }

  // Takes some of what has been noticed, without waiting. True when any of it counts: a plugin's file came, went, was
  // closed after writing, or got other attributes; the folder itself did; or notices were lost.
  bool take();

 private:
  void forget_folder();
  bool counts(const inotify_event& event, std::string_view name);
  bool is_whole(std::string_view name) const;

  std::filesystem::path folder_;
  base::OwnedFd queue_;
  int watch_ = -1;  // the kernel's number; negative: no folder is watched
};

}  // namespace herald::providers
