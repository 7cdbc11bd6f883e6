#include "life.h"

#include <utility>

#include "broken.h"

namespace herald::simulation {
namespace {

intake::Intake::Dependencies dependencies_of(const domain::RouteTable& routes, store::Writer& writer,
                                             const store::Reader& reader, const delivery::Services& services) {
  intake::Intake::Dependencies all{routes, writer, reader, services.clock, services.log, services.metrics};
  all.limit_salt = 1;
  return all;
}

std::unique_ptr<store::SqliteStore> opened(const store::Options& options, const base::Clock& clock, observe::Log& log,
                                           observe::Metrics& metrics) {
  auto store = store::SqliteStore::open(options, clock, log, metrics);
  require(store.has_value(), "what a crash left can be opened", store ? "" : store.error().message);
  return std::move(*store);
}

}  // namespace

Life::Life(const LifeOptions& options, const domain::RouteTable& routes, const base::Clock& clock, observe::Log& log)
    : options_(options),
      store_(opened(options.store, clock, log, metrics_)),
      stored_(options.store.data_dir + "/herald.db", options.store.vfs),
      writer_(std::make_unique<store::Writer>(*store_, clock, log, metrics_, options.store.max_batch)),
      services_{*writer_, clock, log, metrics_},
      dispatcher_(options.delivery, services_, store_->reader()),
      intake_(options.intake, dependencies_of(routes, *writer_, store_->reader(), services_)) {
  store_->set_listener(dispatcher_);
}

Life::~Life() {
  writer_.reset();
}

void Life::attach(domain::ProviderPort& port, std::uint64_t seed) {
  auto lane = std::make_shared<delivery::Lane>(port, options_.delivery, services_, seed);
  require(dispatcher_.add_lane(lane).has_value(), "a lane that has gone makes room for another", port.name());
  lanes_[port.name()] = std::move(lane);
}

bool Life::detach(const std::string& provider) {
  if (!lanes_.at(provider)->idle() || !dispatcher_.remove_lane(provider)) return false;
  lanes_.erase(provider);
  return true;
}

}  // namespace herald::simulation
