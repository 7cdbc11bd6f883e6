#include "providers/webhook_call.h"

#include <utility>

namespace herald::providers {

WebhookCall::WebhookCall(domain::WebhookRequest request, base::MonoTime deadline,
                         domain::ProviderAdmin::Answered answered, observe::ProviderMetrics& metrics)
    : view_(std::move(request), deadline), deadline_(deadline), answered_(std::move(answered)), metrics_(metrics) {}

bool WebhookCall::begin() {
  const base::MutexLock lock(mutex_);
  if (phase_ != Phase::kWaiting) return false;
  phase_ = Phase::kCalled;
  return true;
}

bool WebhookCall::come_back() {
  const base::MutexLock lock(mutex_);
  return std::exchange(phase_, Phase::kOver) == Phase::kCalled;
}

bool WebhookCall::give_up(base::Error error) {
  {
    const base::MutexLock lock(mutex_);
    if (std::exchange(phase_, Phase::kOver) == Phase::kOver) return false;
  }
  answer(tl::make_unexpected(std::move(error)));
  return true;
}

void WebhookCall::answer(base::Result<domain::WebhookResponse> answer) {
  if (!answer) metrics_.webhook_failures.add();
  answered_(std::move(answer));
}

}  // namespace herald::providers
