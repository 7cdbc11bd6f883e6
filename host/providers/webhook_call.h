// One request of a carrier on its way through a plugin, answered exactly once whatever the plugin does.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"
#include "observe/metrics.h"
#include "providers/webhook_view.h"

namespace herald::providers {

// Any thread. The answer is given without a lock held.
class WebhookCall {
 public:
  // `metrics` outlive every call; a request that ends with an error is counted there.
  WebhookCall(domain::WebhookRequest request, base::MonoTime deadline, domain::ProviderAdmin::Answered answered,
              observe::ProviderMetrics& metrics);

  const herald_webhook_request* view() const { return view_.view(); }
  const std::string& request_id() const { return view_.request().request_id; }
  base::MonoTime deadline() const { return deadline_; }

  // The plugin is about to be called. False when the request has been given up while it waited for a thread.
  bool begin() HERALD_EXCLUDES(mutex_);

  // The plugin has come back: from here on the request is not given up any more, and answer() follows. False when it
  // has been given up.
  bool come_back() HERALD_EXCLUDES(mutex_);

  // Answers with the error, unless the plugin has come back before. True when it did.
  bool give_up(base::Error error) HERALD_EXCLUDES(mutex_);

  // Once, after come_back.
  void answer(base::Result<domain::WebhookResponse> answer);

 private:
  enum class Phase : std::uint8_t { kWaiting, kCalled, kOver };

  const WebhookView view_;
  const base::MonoTime deadline_;
  const domain::ProviderAdmin::Answered answered_;
  observe::ProviderMetrics& metrics_;

  base::Mutex mutex_;
  Phase phase_ HERALD_GUARDED_BY(mutex_) = Phase::kWaiting;
};

}  // namespace herald::providers
