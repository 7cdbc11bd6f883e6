#include "app/host.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

#include "access/access.h"
#include "api/api.h"
#include "app/kept_settings.h"
#include "app/lanes.h"
#include "app/loop.h"
#include "app/readiness.h"
#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "delivery/watchdog.h"
#include "http/server.h"
#include "intake/intake.h"
#include "observe/metrics.h"
#include "providers/providers.h"
#include "store/sqlite_store.h"
#include "store/writer.h"

namespace herald::app {
namespace {

using std::chrono::seconds;

// How long each step of a stop may take. What one hung plugin costs adds up: its lane does not drain, its webhooks are
// not answered, and it does not stop. The first two share a bound, since requests are answered while the lanes drain;
// so the whole stays under 25 seconds, and under the 30 that orchestrators grant when a new file is being probed too.
constexpr seconds kDrainAndAnswer{12};
constexpr seconds kAnswerInFlight{10};
constexpr seconds kDrainLanes{10};
constexpr seconds kDrainProviders{5};  // and two more for a plugin's stop
constexpr std::chrono::milliseconds kEndLanes{1'000};
constexpr std::chrono::milliseconds kSettleLast{1'000};
// Beyond the time in which a lane gives a call up itself, so that it has an outcome for every message by then.
constexpr std::chrono::milliseconds kDrainMargin{250};

providers::Options composed(const config::Settings& settings) {
  providers::Options options = settings.providers;
  options.private_dir = (std::filesystem::absolute(settings.store.data_dir) / "plugins").string();
  // Not its path: the host that runs probes for itself, also after its file was replaced by another version.
  options.probe_executable = "/proc/self/exe";
  options.drain_timeout = settings.delivery.dispatch_timeout + delivery::Lane::kGrace + kDrainMargin;
  return options;
}

}  // namespace

// In order of construction; destroyed in reverse.
struct Host::Rooms {
  // What can fail to open, and so is there before the rest.
  struct Opened {
    std::unique_ptr<observe::Metrics> metrics;
    std::unique_ptr<access::Access> access;
    std::unique_ptr<store::SqliteStore> store;
  };
  Rooms(const config::Settings& settings, Opened opened, const base::Clock& clock, observe::Log& log)
      : metrics(std::move(opened.metrics)),
        access(std::move(opened.access)),
        store(std::move(opened.store)),
        writer(*store, clock, log, *metrics, settings.store.max_batch),
        kept(store->reader(), writer),
        providers(composed(settings), {clock, log, *metrics}),
        services{writer, clock, log, *metrics},
        dispatcher(settings.delivery, services, store->reader()),
        lanes(dispatcher, settings.delivery, services),
        watchdog(settings.delivery, services, dispatcher),
        readiness(writer, watchdog),
        intake(settings.intake, {providers.routes(), writer, store->reader(), clock, log, *metrics}),
        api(settings.api,
            {intake, store->reader(), providers.admin(), dispatcher, readiness, clock, log, *metrics, *access}),
        server(settings.http, api, clock, log, *metrics) {
    store->set_listener(dispatcher);
  }

  std::unique_ptr<observe::Metrics> metrics;
  std::unique_ptr<access::Access> access;
  std::unique_ptr<store::SqliteStore> store;
  store::Writer writer;
  KeptSettings kept;
  providers::Providers providers;
  delivery::Services services;
  delivery::Dispatcher dispatcher;
  Lanes lanes;
  delivery::Watchdog watchdog;
  HostReadiness readiness;
  intake::Intake intake;
  api::Api api;
  http::Server server;

  // The threads, last: they use what stands above.
  std::unique_ptr<Loop<access::Access>> access_loop;
  std::unique_ptr<Loop<store::Writer>> writer_loop;
  std::unique_ptr<Loop<delivery::Dispatcher>> dispatcher_loop;
  std::unique_ptr<Loop<delivery::Watchdog>> watchdog_loop;
};

Host::Host(const config::Settings& settings, const base::Clock& clock, observe::Log& log)
    : settings_(settings), clock_(clock), log_(log) {}

Host::~Host() {
  stop();
}

base::Status Host::start(const std::function<bool()>& cancelled) {
  auto metrics = std::make_unique<observe::Metrics>();
  auto access = access::Access::open(settings_.access, clock_, log_, *metrics);
  if (!access) return tl::make_unexpected(access.error());
  auto store = store::SqliteStore::open(settings_.store, clock_, log_, *metrics);
  if (!store) return tl::make_unexpected(store.error());
  rooms_ = std::make_unique<Rooms>(settings_, Rooms::Opened{std::move(metrics), std::move(*access), std::move(*store)},
                                   clock_, log_);
  Rooms& rooms = *rooms_;

  // The port first: a host that cannot have it calls no provider, and one that starts slowly says so on /readyz.
  if (auto listening = rooms.server.start(); !listening) return listening;
  log_.info("http.listening", {{"host", settings_.http.host}, {"port", rooms.server.port()}});

  if (rooms.access->has_files()) rooms.access_loop = std::make_unique<Loop<access::Access>>("access", *rooms.access);
  rooms.writer_loop = std::make_unique<Loop<store::Writer>>("writer", rooms.writer);
  if (auto read = rooms.kept.read(); !read) return read;
  // Each provider that starts in time gets its lane here; nothing is claimed before the dispatcher's thread runs.
  rooms.providers.start({rooms.intake, rooms.lanes, rooms.kept}, cancelled);
  if (cancelled()) return base::fail(base::ErrorCode::kUnavailable, "told to stop before the start was complete");
  rooms.dispatcher_loop = std::make_unique<Loop<delivery::Dispatcher>>("dispatcher", rooms.dispatcher);
  rooms.watchdog_loop = std::make_unique<Loop<delivery::Watchdog>>("watchdog", rooms.watchdog);
  rooms.readiness.enter(HostReadiness::Phase::kServing);
  log_.info("herald.ready", {{"host", settings_.http.host}, {"port", rooms.server.port()}});
  return {};
}

bool Host::stop() {
  if (!rooms_) return true;
  Rooms& rooms = *rooms_;
  rooms.readiness.enter(HostReadiness::Phase::kDraining);
  // The plugin folder is not followed any more, so that no lane comes while they end.
  rooms.providers.begin_stop();
  // The server still answers meanwhile: probes see the drain, readers read.
  const auto answered_by = clock_.mono() + kDrainAndAnswer;
  rooms.lanes.drain(kDrainLanes);
  // Webhooks are requests too: a provider still handles those that came before this.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(answered_by - clock_.mono());
  rooms.server.stop(std::clamp<std::chrono::milliseconds>(left, seconds{1}, kAnswerInFlight));
  // Before the providers, so that nothing is handed to one that has stopped.
  const bool lanes_ended = rooms.lanes.end(kEndLanes);
  const std::size_t stuck = rooms.providers.stop_all(clock_.mono() + kDrainProviders);
  if (lanes_ended) rooms.lanes.settle_last(kSettleLast);
  rooms.access_loop.reset();
  rooms.watchdog_loop.reset();
  rooms.dispatcher_loop.reset();
  // What plugins emitted has been answered by now; webhooks that wait for their commit get it from the last steps.
  rooms.writer.close();
  rooms.writer_loop.reset();
  while (rooms.writer.step()) {
  }
  if (!lanes_ended || stuck != 0) {
    log_.error("herald.provider_stuck", {{"providers", stuck}, {"effect", "the process ends without it"}});
    // Destroying what a hung plugin's threads still use would be undefined. The store is committed and nothing is lost;
    // the caller ends the process.
    static_cast<void>(rooms_.release());
    return false;
  }
  rooms_.reset();
  return true;
}

}  // namespace herald::app
