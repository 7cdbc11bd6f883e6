#include "app/host.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "api/api.h"
#include "app/kept_settings.h"
#include "app/loop.h"
#include "app/readiness.h"
#include "base/random.h"
#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "http/server.h"
#include "intake/intake.h"
#include "observe/metrics.h"
#include "providers/providers.h"
#include "store/sqlite_store.h"
#include "store/writer.h"

namespace herald::app {
namespace {

using std::chrono::seconds;

// How long each step of a stop may take; together they stay under the 30 seconds that orchestrators grant.
constexpr seconds kAnswerInFlight{10};
constexpr seconds kDrainLanes{10};
constexpr seconds kDrainProviders{5};
constexpr std::chrono::milliseconds kEndLane{1'000};
constexpr std::chrono::milliseconds kSettleLast{1'000};
constexpr std::chrono::milliseconds kIdlePoll{2};

providers::Options with_own_paths(providers::Options options, const std::string& data_dir) {
  options.private_dir = (std::filesystem::absolute(data_dir) / "plugins").string();
  options.probe_executable = std::filesystem::read_symlink("/proc/self/exe").string();
  return options;
}

}  // namespace

// In order of construction; destroyed in reverse.
struct Host::Rooms {
  Rooms(const config::Settings& settings, std::unique_ptr<store::SqliteStore> opened, const base::Clock& clock,
        observe::Log& log, std::unique_ptr<observe::Metrics> instruments)
      : metrics(std::move(instruments)),
        store(std::move(opened)),
        writer(*store, clock, log, *metrics, settings.store.max_batch),
        readiness(writer),
        kept(store->reader(), writer),
        providers(with_own_paths(settings.providers, settings.store.data_dir), {clock, log, *metrics}),
        services{writer, clock, log, *metrics},
        dispatcher(settings.delivery, services, store->reader()),
        intake(settings.intake, {providers.routes(), writer, store->reader(), clock, log, *metrics}),
        api(settings.api, {intake, store->reader(), providers.admin(), dispatcher, readiness, clock, log, *metrics}),
        server(settings.http, api, clock, log, *metrics) {
    store->set_listener(dispatcher);
  }

  std::unique_ptr<observe::Metrics> metrics;
  std::unique_ptr<store::SqliteStore> store;
  store::Writer writer;
  HostReadiness readiness;
  KeptSettings kept;
  providers::Providers providers;
  delivery::Services services;
  delivery::Dispatcher dispatcher;
  std::vector<std::shared_ptr<delivery::Lane>> lanes;
  intake::Intake intake;
  api::Api api;
  http::Server server;

  // The threads, last: they use what stands above.
  std::unique_ptr<Loop<store::Writer>> writer_loop;
  std::unique_ptr<Loop<delivery::Dispatcher>> dispatcher_loop;
  std::list<Loop<delivery::Lane>> lane_loops;
};

Host::Host(const config::Settings& settings, const base::Clock& clock, observe::Log& log)
    : settings_(settings), clock_(clock), log_(log) {}

Host::~Host() {
  stop();
}

base::Status Host::start(const std::function<bool()>& cancelled) {
  auto metrics = std::make_unique<observe::Metrics>();
  auto store = store::SqliteStore::open(settings_.store, clock_, log_, *metrics);
  if (!store) return tl::make_unexpected(store.error());
  rooms_ = std::make_unique<Rooms>(settings_, std::move(*store), clock_, log_, std::move(metrics));
  Rooms& rooms = *rooms_;

  // The port first: a host that cannot have it calls no provider, and one that starts slowly says so on /readyz.
  if (auto listening = rooms.server.start(); !listening) return listening;
  log_.info("http.listening", {{"host", settings_.http.host}, {"port", rooms.server.port()}});

  rooms.writer_loop = std::make_unique<Loop<store::Writer>>("writer", rooms.writer);
  if (auto read = rooms.kept.read(); !read) return read;
  rooms.providers.start({rooms.intake, rooms.dispatcher, rooms.kept}, cancelled);
  if (cancelled()) return base::fail(base::ErrorCode::kUnavailable, "told to stop before the start was complete");
  for (auto* port : rooms.providers.ports()) {
    auto lane = std::make_shared<delivery::Lane>(*port, settings_.delivery, rooms.services, base::entropy_seed());
    if (auto added = rooms.dispatcher.add_lane(lane); !added) return added;
    rooms.lanes.push_back(lane);
    rooms.lane_loops.emplace_back("lane-" + lane->name(), *lane);
  }
  rooms.dispatcher_loop = std::make_unique<Loop<delivery::Dispatcher>>("dispatcher", rooms.dispatcher);
  rooms.readiness.enter(HostReadiness::Phase::kServing);
  log_.info("herald.ready", {{"host", settings_.http.host}, {"port", rooms.server.port()}});
  return {};
}

// Until every lane is idle, or the bound. The server still answers meanwhile: probes see the drain, readers read.
void Host::drain_lanes() {
  for (const auto& lane : rooms_->lanes)
    lane->begin_stop();
  const auto deadline = clock_.mono() + kDrainLanes;
  const auto all_idle = [this] {
    return std::all_of(rooms_->lanes.begin(), rooms_->lanes.end(), [](const auto& lane) { return lane->idle(); });
  };
  while (!all_idle() && clock_.mono() < deadline)
    std::this_thread::sleep_for(kIdlePoll);
  for (const auto& lane : rooms_->lanes) {
    if (lane->idle()) continue;
    log_.warn("lane.not_drained", {{"provider_name", lane->name()}, {"in_flight", lane->view().in_flight}});
  }
}

// Ends the lanes' threads before the providers, so that nothing is handed to a provider that has stopped. False when a
// plugin holds one of them.
bool Host::end_lanes() {
  for (auto& loop : rooms_->lane_loops)
    loop.request_stop();
  bool ended = true;
  for (auto& loop : rooms_->lane_loops)
    ended = loop.stop_within(kEndLane) && ended;
  return ended;
}

// What the providers still completed while they stopped is settled here, in the lanes' stead.
void Host::settle_last_outcomes() {
  const auto deadline = clock_.mono() + kSettleLast;
  for (const auto& lane : rooms_->lanes) {
    while ((lane->step() || !lane->idle()) && clock_.mono() < deadline)
      std::this_thread::sleep_for(kIdlePoll);
  }
}

bool Host::stop() {
  if (!rooms_) return true;
  Rooms& rooms = *rooms_;
  rooms.readiness.enter(HostReadiness::Phase::kDraining);
  drain_lanes();
  // Webhooks are requests too: a provider still handles those that came before this.
  rooms.server.stop(kAnswerInFlight);
  const bool lanes_ended = end_lanes();
  const std::size_t stuck = rooms.providers.stop_all(clock_.mono() + kDrainProviders);
  if (lanes_ended) settle_last_outcomes();
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
