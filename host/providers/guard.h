// The host's side of one started provider: DispatchItems go in, outcomes come out, whatever the plugin does.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"
#include "providers/bounded_call.h"
#include "providers/call_pool.h"
#include "providers/instance.h"
#include "providers/webhooks.h"

namespace herald::providers {

// submit is called by one thread at a time; once stop has begun, what is submitted comes back unfinished. start,
// configure, set_faults and stop are called by one control thread at a time; config and webhook by any thread, webhook
// until stop has returned. A plugin is called on threads of the guard's own: an asynchronous one on a single one, whose
// call is waited for, so that what completes inside it is heard at once; but one that blocks there, against its
// contract, holds up that thread alone.
class Guard final : public domain::ProviderPort {
 public:
  struct Setup {
    std::string config;   // a JSON object that is valid against the plugin's schema
    FaultProfile faults;  // effective for this provider
    std::uint64_t seed;   // of the random numbers that the plugin draws from the host
    std::chrono::milliseconds start_timeout;
    std::chrono::milliseconds webhook_timeout;
    domain::InboundSink* inbound;                                       // outlives the guard's stop
    std::shared_ptr<Patience> patience = std::make_shared<Patience>();  // ends the wait for the start
  };

  // Why it ends: that decides what becomes of a message which it does not complete.
  enum class Ending : std::uint8_t {
    kHostStops,  // it stays uncertain, for the next start to decide
    kRetired,    // it has ended as a timeout, and its lane tries it again
  };

  // create, configure, faults, start, all within the start timeout; a plugin that takes longer, or still starts when
  // the patience ends, is left behind on a thread of its own. The error is the reason for a refusal; kExhausted when
  // the system was short of something, so that it says nothing about the plugin.
  static base::Result<std::unique_ptr<Guard>> start(Plugin plugin, const Setup& setup,
                                                    const Surroundings& surroundings);

  // Stops, without time to drain, when that has not been done.
  ~Guard() override;

  const std::string& name() const override { return instance_->descriptor().name; }
  domain::ChannelSet channels() const override { return domain::ChannelSet::of(instance_->descriptor().channels); }
  std::size_t max_batch() const override;
  std::size_t max_in_flight() const override { return instance_->descriptor().max_in_flight; }
  // An asynchronous plugin that holds its thread can be called for nothing else: that counts as all that there could
  // be.
  std::size_t calls_inside() const override;
  bool emits_receipts() const override { return instance_->emits_receipts(); }
  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override;

  const Descriptor& descriptor() const { return instance_->descriptor(); }
  bool injects_faults() const { return instance_->injects_faults(); }

  // The configuration in force, secrets and all.
  std::string config() const HERALD_EXCLUDES(mutex_);
  // Puts another in force, which is valid against the schema. Errors as of reconfigure().
  base::Status configure(const std::string& json, const std::shared_ptr<Patience>& patience,
                         std::chrono::milliseconds timeout) HERALD_EXCLUDES(mutex_);
  // Only when injects_faults(). Errors as of change_faults().
  base::Status set_faults(const FaultProfile& profile, const std::shared_ptr<Patience>& patience,
                          std::chrono::milliseconds timeout);

  // As ProviderAdmin::webhook.
  void webhook(domain::WebhookRequest request, domain::ProviderAdmin::Answered answered) {
    webhooks_.handle(std::move(request), std::move(answered));
  }

  // Neither a message nor a webhook is in it. Any thread.
  bool quiet() const;

  // drain until `deadline`, stop, destroy. False when the plugin held up a call: it is then left running, with its
  // thread and its messages' memory, and is never called again. Either way each message in flight has been completed,
  // and no sink is called afterwards.
  // Every webhook has been answered, but for those that wait for a commit.
  bool stop(base::MonoTime deadline, Ending ending = Ending::kHostStops);

 private:
  Guard(std::shared_ptr<Instance> instance, const Setup& setup, const Surroundings& surroundings);

  // False when it was not stopped.
  bool wind_down(base::MonoTime deadline);
  bool blocking() const { return instance_->descriptor().thread_model == ThreadModel::kBlocking; }
  void hand_over(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink);
  // False when the pool takes no more.
  bool call(const std::shared_ptr<Batch>& batch);

  // Of an asynchronous plugin; shared with its thread.
  struct Handover {
    Patience returned;
    std::atomic<std::size_t> calls{0};  // posted, and not returned
    bool told = false;                  // that it blocks, since it last came back promptly; the submitting thread's
  };

  const std::shared_ptr<Instance> instance_;
  const Surroundings surroundings_;
  CallPool pool_;
  const std::shared_ptr<Handover> handover_ = std::make_shared<Handover>();
  Webhooks webhooks_;
  bool stopped_ = false;  // the control thread's
  std::atomic<bool> stopping_{false};

  mutable base::Mutex mutex_;
  std::string config_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
