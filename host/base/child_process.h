// A child process in a group of its own: how it is begun, watched and ended, and what it takes from itself first.
// Begun by posix_spawn: a fork without exec would copy the locks of other threads in whatever state they are.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace herald::base {

struct ChildPlan {
  std::vector<std::string> arguments;  // the first is the executable's absolute path
  std::vector<int> descriptors;        // they become 0, 1, 2, … of the child, which gets no other
  std::filesystem::path folder{};      // where it runs; empty: where this process does
};

// One thread at a time. Errors are kUnavailable and name the system's reason.
class ChildProcess {
 public:
  static Result<ChildProcess> begin(const ChildPlan& plan);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  // As end().
  ~ChildProcess();

  // Does not wait. One that has ended stays a zombie until end(), so that its number, and its group's, are not given to
  // another.
  Result<bool> has_ended() const;

  // Kills the whole group, what hangs and what the child has left behind, and waits for the child: its wait status.
  Result<int> end();

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;  // 0 when it has been waited for
};

// Of this process: no more than `most` of `resource` from here on, also for its children.
void lower_limit(__rlimit_resource resource, rlim_t most);

}  // namespace herald::base
