#include "tools/check/orphans.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "tools/check/process_view.h"

namespace herald::tools::check {
namespace {

// Each look may bring the children of those that the last one has killed.
constexpr int kMostLooks = 100;

// The kernel lists a child with the thread that made it, and an orphan with any.
std::vector<pid_t> children_of_this_process() {
  std::vector<pid_t> children;
  for (const auto& [thread, name] : threads_of_this_process()) {
    std::ifstream list("/proc/self/task/" + std::to_string(thread) + "/children");
    for (pid_t child = 0; list >> child;)
      children.push_back(child);
  }
  return children;
}

}  // namespace

Orphans::Orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // of a kernel that cannot, the orphans go to init as they always did
}

Orphans::~Orphans() {
  for (int look = 0; look < kMostLooks; ++look) {
    const auto children = children_of_this_process();
    if (children.empty()) break;
    for (const pid_t child : children) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace herald::tools::check
