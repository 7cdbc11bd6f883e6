#include "providers/webhooks.h"

#include <utility>

#include "providers/exchange.h"
#include "providers/plugin_call.h"
#include "providers/webhook_call.h"
#include "providers/webhook_watch.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using observe::LogLevel;

base::Error unavailable(const std::string& provider, std::string_view why) {
  return {ErrorCode::kUnavailable, "the provider " + provider + " " + std::string(why)};
}

}  // namespace

struct Webhooks::Shared {
  Shared(std::shared_ptr<Instance> of, domain::InboundSink& sink, const Surroundings& surroundings)
      : instance(std::move(of)),
        inbound(sink),
        metrics(surroundings.metrics.provider(instance->descriptor().name)),
        watch(instance->descriptor().name, surroundings.clock, [this](WebhookCall& call) { expire(call); }) {}

  const std::string& name() const { return instance->descriptor().name; }

  void say(LogLevel level, std::string_view event, const WebhookCall& call, std::string_view error) {
    instance->services().say(level, event,
                             {{"provider_name", name()}, {"request_id", call.request_id()}, {"error", error}});
  }

  void expire(WebhookCall& call) {
    const auto error = unavailable(name(), "did not answer the webhook in time, or was stopped before it could");
    if (call.give_up(error)) say(LogLevel::kWarn, "provider.webhook_given_up", call, error.message);
  }

  void fail(WebhookCall& call, ErrorCode code, const std::string& why) {
    say(LogLevel::kError, "provider.webhook_failed", call, why);
    call.answer(base::fail(code, why));
  }

  // Stores what the plugin made of the request, and answers it then.
  void finish(const std::shared_ptr<WebhookCall>& call, WebhookYield yield) {
    if (yield.messages.empty() && yield.receipts.empty()) return call->answer(std::move(yield.response));
    domain::CarrierEvents events{name(), call->request_id(), std::move(yield.messages), std::move(yield.receipts)};
    inbound.receive(
        std::move(events), [call, of = instance, response = std::move(yield.response)](base::Status stored) {
          if (stored) return call->answer(response);
          const bool invalid = stored.error().code == ErrorCode::kInvalid;
          // What breaks the rules has its line already, from whoever judged it.
          of->services().say(invalid ? LogLevel::kDebug : LogLevel::kWarn, "provider.webhook_failed",
                             {{"provider_name", of->descriptor().name},
                              {"request_id", call->request_id()},
                              {"error", "what it emitted was not stored: " + stored.error().message}});
          call->answer(base::fail(invalid ? ErrorCode::kInvalid : ErrorCode::kUnavailable, stored.error().message));
        });
  }

  const std::shared_ptr<Instance> instance;
  domain::InboundSink& inbound;
  observe::ProviderMetrics& metrics;
  WebhookWatch watch;
};

Webhooks::Webhooks(std::shared_ptr<Instance> instance, domain::InboundSink& inbound, const Surroundings& surroundings,
                   std::chrono::milliseconds timeout)
    : clock_(surroundings.clock),
      timeout_(timeout),
      shared_(std::make_shared<Shared>(std::move(instance), inbound, surroundings)),
      pool_(shared_->name() + "-hook", kThreads, kMostWaiting) {}

Webhooks::~Webhooks() {
  close(std::chrono::nanoseconds::zero());
}

void Webhooks::handle(domain::WebhookRequest request, domain::ProviderAdmin::Answered answered) {
  if (!shared_->instance->takes_webhooks()) {
    answered(base::fail(ErrorCode::kNotFound, "the provider " + shared_->name() + " takes no webhooks"));
    return;
  }
  shared_->metrics.webhook_requests.add();
  const auto call = std::make_shared<WebhookCall>(std::move(request), clock_.mono() + timeout_, std::move(answered),
                                                  shared_->metrics);
  const auto number = shared_->watch.add(call);
  if (number == 0) {
    call->give_up(unavailable(shared_->name(), "takes no webhooks at this moment"));
    return;
  }
  const bool posted = pool_.post([shared = shared_, call, number] {
    run(shared, call);
    shared->watch.remove(number);
  });
  if (posted) return;
  shared_->watch.remove(number);
  call->give_up(unavailable(shared_->name(), "has as many webhooks as it can take"));
}

void Webhooks::run(const std::shared_ptr<Shared>& shared, const std::shared_ptr<WebhookCall>& call) {
  if (!call->begin()) return;
  Exchange exchange(shared->instance->services_handle());
  const auto result = shared->instance->handle(call->view(), exchange.table());
  WebhookYield yield = exchange.close();
  if (!call->come_back()) {
    shared->say(LogLevel::kWarn, "provider.webhook_late", *call,
                "its handle came back after its deadline; what it emitted is dropped");
    return;
  }
  if (!result) return shared->fail(*call, result.error().code, result.error().message);
  if (*result != HERALD_OK) return shared->fail(*call, ErrorCode::kInternal, described("webhook's handle", *result));
  shared->finish(call, std::move(yield));
}

bool Webhooks::quiet() const {
  return shared_->watch.empty();
}

bool Webhooks::close(std::chrono::nanoseconds timeout) {
  shared_->watch.close();
  return pool_.close(timeout);
}

}  // namespace herald::providers
