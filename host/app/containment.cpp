#include "app/containment.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace herald::app {
namespace {

void warn(observe::Log& log, const char* call) {
  log.warn("herald.core_files_possible", {{"call", call}, {"error", std::system_category().message(errno)}});
}

}  // namespace

// Both: a limit of 0 does not keep the kernel from handing a dump to a program (core(5), "Piping core dumps"), and a
// child that runs another file is dumpable again.
void keep_memory_private(observe::Log& log) {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) warn(log, "setrlimit");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) warn(log, "prctl");
}

}  // namespace herald::app
