// The host's side of one webhook request, as the plugin that handles it sees it: gathers what it emits and answers.
//
// The context that a plugin gets is a number that is looked up and never an address, and none is used twice. The memory
// of the table of functions is kept until the process ends. So one that keeps the exchange and calls it when it is over
// is told HERALD_E_STATE, and touches nothing that has been freed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <herald/abi.h>

#include "domain/inbound.h"
#include "domain/ports.h"
#include "providers/host_services.h"

namespace herald::providers {

// What a plugin made of a request.
struct WebhookYield {
  std::vector<domain::CarrierMessage> messages;
  std::vector<domain::Receipt> receipts;
  domain::WebhookResponse response{204, {}, {}};  // unless the plugin says otherwise
};

// Open from its construction on. The table's functions may be called by any thread, this object's by one.
class Exchange {
 public:
  // `services` say what is wrong with what the plugin hands over.
  explicit Exchange(std::shared_ptr<HostServices> services);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const herald_webhook_exchange* table() const { return table_; }

  // Ends it: no call is under way any more, and none that comes later does anything. Once.
  WebhookYield close();

 private:
  struct Open;
  struct All;
  struct Calls;  // the table's functions

  const std::shared_ptr<Open> open_;
  herald_webhook_exchange* table_ = nullptr;  // never freed; used again by a later exchange
};

}  // namespace herald::providers
