// A plugin's webhook extension: carriers' requests go in, what they brought is committed, answers come out, whatever
// the plugin does.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "domain/ports.h"
#include "providers/call_pool.h"
#include "providers/instance.h"
#include "providers/surroundings.h"
#include "providers/webhook_call.h"

namespace herald::providers {

// handle may be called from any thread, the rest by one control thread.
class Webhooks {
 public:
  static constexpr std::size_t kThreads = 4;        // as abi_inbound.h says
  static constexpr std::size_t kMostWaiting = 128;  // requests that wait for one of the threads

  // Takes requests if the plugin offers to. `inbound` is not touched after close() has returned true. A request is
  // given up after `timeout`.
  Webhooks(std::shared_ptr<Instance> instance, domain::InboundSink& inbound, const Surroundings& surroundings,
           std::chrono::milliseconds timeout);
  // Closes without waiting, when that has not been done.
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  // As ProviderAdmin::webhook. A request that runs late is answered kUnavailable, and what the plugin then still makes
  // of it is dropped: the carrier will come again.
  void handle(domain::WebhookRequest request, domain::ProviderAdmin::Answered answered);

  // The plugin has none, and none waits for a thread. Any thread.
  bool quiet() const;

  // Takes no more, and gives up those that the plugin still has. Those that wait for a commit are answered by it. False
  // when a thread is still inside the plugin after `timeout`; it is left to itself.
  bool close(std::chrono::nanoseconds timeout);

 private:
  struct Shared;  // with the threads, which may outlive this object

  static void run(const std::shared_ptr<Shared>& shared, const std::shared_ptr<WebhookCall>& call);

  const base::Clock& clock_;
  const std::chrono::milliseconds timeout_;
  const std::shared_ptr<Shared> shared_;
  CallPool pool_;
};

}  // namespace herald::providers
