// Webhooks of a plugin that is part of the test.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.h"
#include "unit/providers/guard_fixture.h"
#include "unit/providers/inbound_events.h"

namespace herald::test {

using WebhookAnswer = base::Result<domain::WebhookResponse>;
using OnWebhook = std::function<std::int32_t(const herald_webhook_request&, const herald_webhook_exchange&)>;

inline std::int32_t emit(const herald_webhook_exchange& exchange, const herald_inbound_message& message) {
  return exchange.emit_message(exchange.context, &message);
}

inline std::int32_t emit(const herald_webhook_exchange& exchange, const herald_receipt& receipt) {
  return exchange.emit_receipt(exchange.context, &receipt);
}

inline std::int32_t respond(const herald_webhook_exchange& exchange, std::uint32_t status, std::string_view body = "") {
  const auto response = webhook_response(status, body);
  return exchange.respond(exchange.context, &response);
}

// The answer to one request, and how many there were.
struct Awaited {
  base::Mutex mutex;
  std::vector<WebhookAnswer> answers HERALD_GUARDED_BY(mutex);

  std::size_t count() {
    const base::MutexLock lock(mutex);
    return answers.size();
  }
};

class WebhooksFixture : public GuardFixture {
 protected:
  void plugin_that(OnWebhook handles) {
    script().on_webhook = std::move(handles);
    start(scripted_plugin(providers::ThreadModel::kAsync));
  }

  std::shared_ptr<Awaited> send(domain::WebhookRequest request = {}) {
    auto awaited = std::make_shared<Awaited>();
    guard_->webhook(std::move(request), [awaited](WebhookAnswer answer) {
      const base::MutexLock lock(awaited->mutex);
      awaited->answers.push_back(std::move(answer));
    });
    return awaited;
  }

  WebhookAnswer answer_of(const std::shared_ptr<Awaited>& awaited) {
    if (!eventually([&] { return awaited->count() > 0; })) return base::fail(base::ErrorCode::kConflict, "no answer");
    const base::MutexLock lock(awaited->mutex);
    EXPECT_EQ(awaited->answers.size(), 1U);
    return awaited->answers.front();
  }

  WebhookAnswer answer(domain::WebhookRequest request = {}) { return answer_of(send(std::move(request))); }

  base::ErrorCode error_of(const WebhookAnswer& given) {
    EXPECT_FALSE(given.has_value());
    return given ? base::ErrorCode::kConflict : given.error().code;
  }
};

}  // namespace herald::test
