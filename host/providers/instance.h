// One instance of a plugin and every call that is made into it. An exception that a plugin lets out ends here.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <herald/abi.h>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/call_gate.h"
#include "providers/emits.h"
#include "providers/flights.h"
#include "providers/handshake.h"
#include "providers/host_services.h"
#include "providers/options.h"
#include "providers/surroundings.h"

namespace herald::providers {

// The control calls (bring_up, configure, wind_down) are made by one thread at a time; a thread that a plugin holds up
// is left behind, so the object is shared with it and touches the surroundings only through HostServices, until
// detach().
class Instance {
 public:
  // `seed` is of the random numbers that the plugin draws from the host. `inbound` takes what it emits by itself, until
  // wind_down or give_up has returned.
  Instance(Plugin plugin, const Surroundings& surroundings, std::uint64_t seed, domain::InboundSink& inbound);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Descriptor& descriptor() const { return plugin_.descriptor; }
  Flights& flights() { return *flights_; }
  HostServices& services() { return *services_; }
  std::shared_ptr<HostServices> services_handle() const { return services_; }
  // Held by the one configure that may be under way; closed when the instance winds down.
  CallGate& configuring() { return configuring_; }
  // Held by the one change of faults that may be under way while it runs.
  CallGate& changing_faults() { return changing_faults_; }

  // create, configure, faults, start. `config` is a JSON object valid against the schema. On an error the instance is
  // destroyed and of no more use. The message is the reason for a refusal: kInvalid and kInternal when it is of the
  // configuration's or the plugin's own, kUnavailable when a later try may work.
  // `attempt` is told of each step.
  base::Status bring_up(const std::string& config, const FaultProfile& faults, StartRecords::Attempt& attempt);

  // What the plugin offers; known after bring_up.
  bool injects_faults() const { return faults_ != nullptr; }
  bool takes_webhooks() const { return webhook_ != nullptr; }
  bool emits_receipts() const;

  // Replaces the configuration; a refused one leaves the former in force. The caller has entered configuring().
  // kInvalid: the plugin says that it is wrong; kUnavailable, kInternal: it failed.
  base::Status configure(const std::string& json);

  // In force from the next submit. Only when injects_faults(). Errors as above; kUnavailable too when winding down.
  base::Status set_faults(const FaultProfile& profile);

  // Calls the webhook's handle, when takes_webhooks(): what it returned. kUnavailable when winding down, kInternal when
  // it threw. Any thread, up to four at once.
  base::Result<std::int32_t> handle(const herald_webhook_request* request, const herald_webhook_exchange* exchange);

  // Hands the batch over, whose flights are open. Whatever it comes to, each message is completed once, here or by the
  // plugin. A batch whose every deadline has passed is not handed over. Never throws.
  void submit(const std::shared_ptr<Batch>& batch);

  // Lets nobody in any more, then drain, stop, destroy; every emit is answered before stop. False when a call is still
  // inside after `deadline` and a short grace, or when give_up() was called meanwhile: the instance is then left as it
  // is.
  bool wind_down(base::MonoTime deadline);

  // What a thread still inside may do when it comes back: nothing.
  void give_up();
  bool given_up() const { return given_up_; }

  // Afterwards the surroundings are not touched. Follows the closing of the flights.
  void detach();

 private:
  base::Status create();
  base::Status start();
  // The ABI gives neither a text of its own: what the plugin logged as it failed is its reason.
  std::string complaint() const;
  void destroy();

  const Plugin plugin_;
  const std::shared_ptr<Emits> emits_;
  const std::shared_ptr<HostServices> services_;
  const std::shared_ptr<Flights> flights_;
  CallGate gate_;  // of submits, webhooks and fault injection
  CallGate configuring_;
  CallGate changing_faults_;
  const herald_faults* faults_ = nullptr;    // the plugin's, valid while the library is loaded
  const herald_webhook* webhook_ = nullptr;  // as above
  herald_instance handle_ = nullptr;         // control thread; the others read it after start
  std::atomic<bool> given_up_{false};
};

}  // namespace herald::providers
