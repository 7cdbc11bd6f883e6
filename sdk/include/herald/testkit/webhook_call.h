// A carrier's request into a plugin under test, and what came of it.
#ifndef HERALD_TESTKIT_WEBHOOK_CALL_H
#define HERALD_TESTKIT_WEBHOOK_CALL_H

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <herald/message.h>
#include <herald/testkit/emitted.h>
#include <herald/testkit/fake_host.h>

namespace herald::testkit {

/// A request for a plugin under test; every member has a default.
struct TestWebhook {
  std::string method = "POST";
  std::string path;
  std::string query;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string remote_address = "127.0.0.1";
  std::chrono::milliseconds time_left{10'000};  // from the call to the deadline

  /// A POST of a body.
  static TestWebhook post(std::string content_type, std::string body) {
    TestWebhook webhook;
    webhook.body = std::move(body);
    webhook.headers = {{"Content-Type", std::move(content_type)}};
    return webhook;
  }

  /// A POST of an encoded form.
  static TestWebhook form(std::string encoded) { return post("application/x-www-form-urlencoded", std::move(encoded)); }

  /// A GET with a query.
  static TestWebhook get(std::string query) {
    TestWebhook webhook;
    webhook.method = "GET";
    webhook.query = std::move(query);
    return webhook;
  }
};

/// What the carrier is answered, and what is stored.
struct WebhookAnswer {
  std::int32_t result = HERALD_OK;  // of the plugin: HERALD_OK or HERALD_E_*
  std::uint32_t status = 204;       // what the host sends: 500 when the plugin failed
  std::string content_type;
  std::string body;
  EmittedEvents events;     // nothing when the plugin failed
  std::size_t refused = 0;  // what the plugin handed over and the host refused
};

namespace detail {

// One request and the host's side of it. The request's memory is the host's again when the call has returned, so that a
// sanitizer sees who reads it afterwards.
class WebhookCall {
 public:
  explicit WebhookCall(const TestWebhook& webhook) : webhook_(webhook) {
    using herald::detail::as_str;
    for (const auto& header : webhook_.headers)
      headers_.push_back({as_str(header.first), as_str(header.second)});
    request_.struct_size = sizeof request_;
    request_.header_count = static_cast<std::uint32_t>(headers_.size());
    request_.deadline_ns = FakeHost::now_ns() + std::chrono::nanoseconds(webhook_.time_left).count();
    request_.method = as_str(webhook_.method);
    request_.path = as_str(webhook_.path);
    request_.query = as_str(webhook_.query);
    request_.body = as_str(webhook_.body);
    request_.remote_address = as_str(webhook_.remote_address);
    request_.request_id = as_str("request-of-a-carrier");
    request_.headers = headers_.empty() ? nullptr : headers_.data();
    exchange_.struct_size = sizeof exchange_;
    exchange_.context = this;
    exchange_.emit_message = &emit_message;
    exchange_.emit_receipt = &emit_receipt;
    exchange_.respond = &respond;
  }
  WebhookCall(const WebhookCall&) = delete;
  WebhookCall& operator=(const WebhookCall&) = delete;
  ~WebhookCall() = default;

  WebhookAnswer run(const herald_webhook& table, herald_instance instance) {
    answer_.result = table.handle(instance, &request_, &exchange_);
    if (answer_.result != HERALD_OK) {
      answer_.status = 500;
      answer_.content_type.clear();
      answer_.body.clear();
      answer_.events = EmittedEvents();
    }
    return std::move(answer_);
  }

 private:
  static WebhookCall& self(void* context) { return *static_cast<WebhookCall*>(context); }

  static std::int32_t emit_message(void* context, const herald_inbound_message* message) {
    WebhookCall& call = self(context);
    return call.counted(call.has_room() ? take_message(message, call.answer_.events.messages) : HERALD_E_UNAVAILABLE);
  }

  static std::int32_t emit_receipt(void* context, const herald_receipt* receipt) {
    WebhookCall& call = self(context);
    return call.counted(call.has_room() ? take_receipt(receipt, call.answer_.events.receipts) : HERALD_E_UNAVAILABLE);
  }

  static std::int32_t respond(void* context, const herald_webhook_response* response) {
    if (response == nullptr) return HERALD_E_INVALID;
    const auto raw = herald::detail::read_sized<herald_webhook_response>(response);
    const bool bodiless = raw.status == 204 || raw.status == 205 || raw.status == 304;
    if (raw.status < 200 || raw.status > 599 || (bodiless && raw.body.size > 0)) return HERALD_E_INVALID;
    if (!is_header_text(raw.content_type)) return HERALD_E_INVALID;
    WebhookAnswer& answer = self(context).answer_;
    answer.status = raw.status;
    answer.content_type = std::string(herald::detail::view(raw.content_type));
    answer.body = std::string(herald::detail::view(raw.body));
    return HERALD_OK;
  }

  static bool is_header_text(herald_str text) {
    const auto view = herald::detail::view(text);
    return view.size() <= 255 && std::all_of(view.begin(), view.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  }

  bool has_room() const { return answer_.events.size() < HERALD_EMIT_MAX; }

  std::int32_t counted(std::int32_t result) {
    if (result != HERALD_OK) ++answer_.refused;
    return result;
  }

  TestWebhook webhook_;
  std::vector<herald_header> headers_;
  herald_webhook_request request_ = {};
  herald_webhook_exchange exchange_ = {};
  WebhookAnswer answer_;
};

}  // namespace detail
}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_WEBHOOK_CALL_H
