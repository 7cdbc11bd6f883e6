// One instance of a plugin and every call that is made into it. An exception that a plugin lets out ends here.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <herald/abi.h>

#include "base/result.h"
#include "providers/call_gate.h"
#include "providers/flights.h"
#include "providers/handshake.h"
#include "providers/host_services.h"
#include "providers/options.h"
#include "providers/surroundings.h"

namespace herald::providers {

// The control calls (bring_up, wind_down) are made by one thread at a time; a thread that a plugin holds up is left
// behind, so the object is shared with it and touches the surroundings only through HostServices, until detach().
class Instance {
 public:
  // `seed` is of the random numbers that the plugin draws from the host.
  Instance(Plugin plugin, const Surroundings& surroundings, std::uint64_t seed);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Descriptor& descriptor() const { return plugin_.descriptor; }
  Flights& flights() { return *flights_; }
  HostServices& services() { return *services_; }

  // create, configure, faults, start. `config` is a JSON object valid against the schema. On an error the instance is
  // destroyed and of no more use. The message is the reason for a refusal.
  base::Status bring_up(const std::string& config, const FaultProfile& faults);

  // True when the plugin offers fault injection; known after bring_up.
  bool injects_faults() const { return faults_ != nullptr; }

  // Hands the batch over, whose flights are open. Whatever it comes to, each message is completed once, here or by the
  // plugin. A batch whose every deadline has passed is not handed over. Never throws.
  void submit(const std::shared_ptr<Batch>& batch);

  // Lets nobody in any more, then drain, stop, destroy. False when a submit is still inside after `deadline` and a
  // short grace, or when give_up() was called meanwhile: the instance is then left as it is.
  bool wind_down(base::MonoTime deadline);

  // What a thread still inside may do when it comes back: nothing.
  void give_up() { given_up_ = true; }

  // Afterwards the surroundings are not touched. Follows the closing of the flights.
  void detach();

 private:
  base::Status create();
  base::Status configure(const std::string& json);
  base::Status set_faults(const FaultProfile& profile);
  base::Status start();
  void destroy();
  const herald_faults* ask_for_faults() const;

  const Plugin plugin_;
  const std::shared_ptr<HostServices> services_;
  const std::shared_ptr<Flights> flights_;
  CallGate gate_;
  const herald_faults* faults_ = nullptr;  // the plugin's, valid while the library is loaded
  herald_instance handle_ = nullptr;       // control thread; submit reads it after start
  std::atomic<bool> given_up_{false};
};

}  // namespace herald::providers
