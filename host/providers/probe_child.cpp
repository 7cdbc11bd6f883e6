// The child's side of a probe. It runs foreign code, so it takes from itself what it can first.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

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

void limit(int resource, rlim_t most) {
  struct rlimit bound {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &bound) != 0) return;  // then the outer deadline decides
  if (bound.rlim_max != RLIM_INFINITY && bound.rlim_max < most) most = bound.rlim_max;
  bound.rlim_cur = bound.rlim_max = most;
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &bound);  // lowering one's own limit cannot be refused
}

void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no probe outlives the thread that waits for it
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  static_cast<void>(::signal(SIGXFSZ, SIG_IGN));  // a write is refused, as by a full disk, and kills nobody
  limit(RLIMIT_CPU, kCpuSeconds);
  limit(RLIMIT_NOFILE, kOpenFiles);
#if !defined(HERALD_SANITIZED)
  // The sanitizers reserve terabytes of address space for their shadow.
  constexpr rlim_t kAddressSpaceBytes = rlim_t{4} << 30U;
  limit(RLIMIT_AS, kAddressSpaceBytes);
#endif
}

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
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
  const bool answered = apart >= 0 && write_whole(apart, probe_answer(tried(file)));
  // The destructors of a library that was only looked at prove nothing, and may crash.
  ::_exit(answered ? 0 : 1);
}

}  // namespace herald::providers
