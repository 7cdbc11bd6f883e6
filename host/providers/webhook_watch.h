// Watches the deadlines of the requests that a plugin has, so that a carrier is answered although the plugin hangs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/worker.h"
#include "providers/webhook_call.h"

namespace herald::providers {

// Any thread.
class WebhookWatch {
 public:
  using Expired = std::function<void(WebhookCall&)>;
  using Number = std::uint64_t;

  // Its thread is named "<name>-clock", and made with the first request. `expired` is called on it for each whose
  // deadline has passed.
  WebhookWatch(const std::string& name, const base::Clock& clock, Expired expired);
  ~WebhookWatch();
  WebhookWatch(const WebhookWatch&) = delete;
  WebhookWatch& operator=(const WebhookWatch&) = delete;

  // Watches the request, whose deadline is no earlier than that of those before. 0 when there is no thread to do so, or
  // after close.
  Number add(const std::shared_ptr<WebhookCall>& call) HERALD_EXCLUDES(mutex_);
  void remove(Number number) HERALD_EXCLUDES(mutex_);

  bool empty() const HERALD_EXCLUDES(mutex_);

  // Every request that is watched has expired, and no more are taken. Ends the thread; `expired` is called here.
  void close() HERALD_EXCLUDES(mutex_);

 private:
  bool has_thread() HERALD_REQUIRES(mutex_);
  void run() HERALD_EXCLUDES(mutex_);
  std::shared_ptr<WebhookCall> next() HERALD_EXCLUDES(mutex_);

  const std::string thread_name_;
  const base::Clock& clock_;
  const Expired expired_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::map<Number, std::shared_ptr<WebhookCall>> calls_ HERALD_GUARDED_BY(mutex_);  // in the order of their deadlines
  Number last_ HERALD_GUARDED_BY(mutex_) = 0;
  bool closed_ HERALD_GUARDED_BY(mutex_) = false;
  std::unique_ptr<base::Worker> worker_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
