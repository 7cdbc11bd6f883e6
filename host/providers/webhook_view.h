// A carrier's request in the form in which a plugin sees it, with all the memory that it points to.
#pragma once

#include <cstddef>
#include <vector>

#include <herald/abi.h>

#include "base/clock.h"
#include "domain/ports.h"

namespace herald::providers {

// Immutable, so any thread may read it.
class WebhookView {
 public:
  WebhookView(domain::WebhookRequest request, base::MonoTime deadline);
  WebhookView(const WebhookView&) = delete;
  WebhookView& operator=(const WebhookView&) = delete;

  const herald_webhook_request* view() const { return &view_; }
  const domain::WebhookRequest& request() const { return request_; }

 private:
  const domain::WebhookRequest request_;
  std::vector<herald_header> headers_;
  herald_webhook_request view_{};
};

}  // namespace herald::providers
