// The child's side of a probe. It runs foreign code, so it takes from itself what it can first.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "base/child_process.h"
#include "base/owned_fd.h"
#include "providers/descriptor_json.h"
#include "providers/handshake.h"
#include "providers/library.h"
#include "providers/probe.h"
#include "providers/rehearsal.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HERALD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HERALD_SANITIZED 1
#endif
#endif

namespace herald::providers {
namespace {

constexpr rlim_t kCpuSeconds = 10;
constexpr rlim_t kOpenFiles = 64;

void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no probe outlives the thread that waits for it
  base::lower_limit(RLIMIT_CORE, 0);
  base::lower_limit(RLIMIT_FSIZE, 0);
  static_cast<void>(::signal(SIGXFSZ, SIG_IGN));  // a write is refused, as by a full disk, and kills nobody
  base::lower_limit(RLIMIT_CPU, kCpuSeconds);
  base::lower_limit(RLIMIT_NOFILE, kOpenFiles);
#if !defined(HERALD_SANITIZED)
  // The sanitizers reserve terabytes of address space for their shadow.
  constexpr rlim_t kAddressSpaceBytes = rlim_t{4} << 30U;
  base::lower_limit(RLIMIT_AS, kAddressSpaceBytes);
#endif
}

// A number of the answer's own, so that what the library prints goes nowhere.
int set_answer_apart(int answer_fd) {
  const int apart = ::fcntl(answer_fd, F_DUPFD_CLOEXEC, 3);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (apart < 0 || nowhere < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0) return -1;
  return apart;
}

base::Result<Descriptor> tried(const std::filesystem::path& file) {
  return Library::load(file, "the file")
      .and_then([](const Library& library) { return library.entry(); })
      .and_then([](herald_plugin_entry_fn entry) { return shake_hands(entry); })
      .map([](const Plugin& plugin) {
        rehearse(plugin);
        return plugin.descriptor;
      });
}

}  // namespace

void probe_main(const std::filesystem::path& file, int answer_fd) {
  const int apart = set_answer_apart(answer_fd);
  limit_this_process();
  const bool answered = apart >= 0 && base::write_whole(apart, probe_answer(tried(file)));
  // The destructors of a library that was only looked at prove nothing, and may crash.
  ::_exit(answered ? 0 : 1);
}

}  // namespace herald::providers
