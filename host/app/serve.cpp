#include "app/serve.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "access/exposure.h"
#include "app/containment.h"
#include "app/host.h"
#include "app/signals.h"
#include "base/clock.h"
#include "observe/log.h"
#include "providers/death_marks.h"

namespace herald::app {
namespace {

constexpr int kServed = 0;
constexpr int kNotStarted = 1;

void log_settings(const config::Settings& settings, observe::Log& log) {
  for (const auto& origin : settings.origins) {
    log.info("config.setting", {{"name", origin.name}, {"value", origin.value}, {"source", origin.source}});
  }
  for (const auto& warning : settings.warnings)
    log.warn("config.warning", {{"error", warning}});
}

void warn_when_open(const config::Settings& settings, observe::Log& log) {
  if (!settings.access.keys_file.empty() || access::is_loopback_host(settings.http.host)) return;
  log.warn("access.insecure", {{"host", settings.http.host}, {"effect", "whoever reaches it may do everything"}});
}

// Shells commonly grant 1,024 open files and allow far more; a server with thousands of connections takes what it may.
void raise_descriptor_limit() {
  constexpr rlim_t kEnough = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(limit.rlim_max, kEnough);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);  // one that is refused leaves the cap on connections, which is logged
}

std::string_view name_of(int signal) {
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

}  // namespace

int serve(const config::Settings& settings) {
  const StopSignals signals;
  raise_descriptor_limit();
  providers::mark_deaths();
  const base::SystemClock clock;
  auto log = observe::make_log(settings.observe);
  log->info("herald.starting", {{"version", HERALD_VERSION}});
  keep_memory_private(*log);
  log_settings(settings, *log);
  warn_when_open(settings, *log);

  Host host(settings, clock, *log);
  const auto started = host.start([&signals] { return signals.pending(); });
  if (started) {
    const int signal = signals.wait();
    signals.restore_default();
    log->info("herald.stopping", {{"signal", name_of(signal)}});
  } else if (!signals.pending()) {
    log->error("herald.start_failed", {{"error", started.error().message}});
  }
  const int status = started || signals.pending() ? kServed : kNotStarted;
  const bool clean = host.stop();
  log->info("herald.stopped", {});
  if (!clean) {
    log.reset();  // writes what is queued
    std::_Exit(status);
  }
  return status;
}

}  // namespace herald::app
