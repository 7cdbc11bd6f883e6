// Operators' and carriers' way to the started providers. Changes are made one after another on one thread, so that
// nobody who asks for one waits for a plugin, and a plugin that hangs in one is given up after its time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "domain/ports.h"
#include "providers/control_thread.h"
#include "providers/enablement.h"
#include "providers/fault_board.h"
#include "providers/guard.h"
#include "providers/kept_state.h"
#include "providers/options.h"
#include "providers/outlets.h"
#include "providers/registry.h"
#include "providers/surroundings.h"

namespace herald::providers {

// open and close are called by the room's control thread, once each; the rest by any thread at any time. Before open,
// and changes after close, are answered kUnavailable.
class Administration final : public domain::ProviderAdmin {
 public:
  // All are borrowed and outlive this object.
  Administration(const Options& options, Registry& registry, const Surroundings& surroundings);
  ~Administration() override;

  // Gives the channels out among the started providers, as Enablement::begin, and takes requests from here on. The
  // guards live until this object is destroyed.
  std::vector<Registry::Unserved> open(const Outlets& outlets, const KeptState& kept, std::vector<Guard*> guards);
  // Ends the change under way and declines those that wait.
  void close();

  std::vector<domain::ProviderInfo> list() const override { return registry_.list(); }
  void set_enabled(const std::string& name, bool enabled, Done done) override;
  base::Result<std::string> config(std::string_view name) const override;
  void configure(const std::string& name, const std::string& json, Done done) override;
  domain::FaultSettings faults() const override { return faults_.settings(); }
  std::vector<std::string> fault_injectors() const override { return faults_.injectors(); }
  void set_faults(domain::FaultSettings settings, Done done) override;
  // A disabled provider's carrier still reports what became of its messages, so its webhooks go on.
  void webhook(const std::string& name, domain::WebhookRequest request, Answered answered) override;

 private:
  void post(Done done, std::function<base::Status()> change);
  base::Result<Guard*> find(std::string_view name) const HERALD_EXCLUDES(mutex_);
  base::Status configure_now(const std::string& name, const std::string& json);

  const Options& options_;
  Registry& registry_;
  const Surroundings surroundings_;
  FaultBoard faults_;
  // Set by open, before the thread that uses them exists.
  std::optional<Keeper> keeper_;
  std::optional<Enablement> enablement_;

  mutable base::Mutex mutex_;
  bool open_ HERALD_GUARDED_BY(mutex_) = false;
  std::vector<Guard*> guards_ HERALD_GUARDED_BY(mutex_);

  ControlThread control_;  // last: its thread uses what stands above
};

}  // namespace herald::providers
