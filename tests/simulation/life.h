// The host from one start to its end: the rooms between a decoded request and a provider's port, on one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "domain/ports.h"
#include "intake/intake.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"
#include "store/writer.h"
#include "stored.h"

namespace herald::simulation {

struct LifeOptions {
  delivery::Options delivery;
  store::Options store;
  intake::Options intake;
};

class Life {
 public:
  // Opens the store. All but the options are borrowed and outlive this.
  Life(const LifeOptions& options, const domain::RouteTable& routes, const base::Clock& clock, observe::Log& log);
  ~Life();
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  intake::Intake& intake() { return intake_; }
  store::Writer& writer() { return *writer_; }
  delivery::Dispatcher& dispatcher() { return dispatcher_; }
  const store::Reader& reader() const { return store_->reader(); }
  const observe::Metrics& metrics() const { return metrics_; }
  Stored& stored() { return stored_; }

  std::map<std::string, std::shared_ptr<delivery::Lane>>& lanes() { return lanes_; }
  void attach(domain::ProviderPort& port, std::uint64_t seed);
  // Ends a lane that is idle after its begin_leave(); false while it is not.
  bool detach(const std::string& provider);

 private:
  const LifeOptions options_;
  observe::Metrics metrics_;
  // Destroyed from the last to the first, as the host does, but for the writer: the host empties it before its end, a
  // crash does not, and what it still holds is answered to the rooms.
  std::unique_ptr<store::SqliteStore> store_;
  Stored stored_;
  std::unique_ptr<store::Writer> writer_;
  const delivery::Services services_;
  delivery::Dispatcher dispatcher_;
  std::map<std::string, std::shared_ptr<delivery::Lane>> lanes_;
  intake::Intake intake_;
};

}  // namespace herald::simulation
