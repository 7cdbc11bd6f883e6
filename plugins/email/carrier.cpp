#include "carrier.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace herald::email {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxAttachments = 100;             // the most that a host takes on one message
constexpr std::int64_t kMaxUnixSeconds = 9'223'372'036;  // the most that 64 bits of nanoseconds hold: April 2262

// Reads one event. Each function leaves the first fault in `fault`, and what it answers then is of no use.
class EventReader {
 public:
  EventReader(const json& event, Emitter& inbox) : event_(event), inbox_(inbox) {}

  // What is wrong with the event; empty when it was taken.
  std::string take() {
    if (!event_.is_object()) return "expected an object";
    const std::string kind = text("event");
    if (!fault_.empty()) return fault_;
    if (kind == "inbound") {
      take_message();
    } else if (kind == "delivered" || kind == "bounced") {
      take_receipt(kind);
    } else if (kind != "processed" && kind != "deferred") {
      return "event is unknown; expected inbound, delivered, bounced, processed or deferred";
    }
    return fault_;
  }

 private:
  void take_message() {
    InboundMessage message;
    message.channel = "email";
    message.provider_message_id = text("message_id");
    message.from = text("from");
    message.to = text("to");
    message.body = text("body", Empty::kAllowed);
    if (has("subject")) message.subject = text("subject", Empty::kAllowed);
    if (has("attachments")) read_attachments(message);
    if (has("timestamp")) read_timestamp(message);
    if (fault_.empty() && !inbox_.message(std::move(message))) fault_ = inbox_.refusal();
  }

  void take_receipt(const std::string& kind) {
    auto id = text("message_id");
    auto code = has("error_code") ? text("error_code") : kind;
    if (!fault_.empty()) return;
    const bool taken = inbox_.receipt(kind == "delivered" ? Receipt::delivered(std::move(id))
                                                          : Receipt::failed(std::move(id), std::move(code)));
    if (!taken) fault_ = inbox_.refusal();
  }

  void read_attachments(InboundMessage& message) {
    const json& urls = event_.at("attachments");
    if (!urls.is_array() || urls.size() > kMaxAttachments)
      return fail("attachments is no array of at most " + std::to_string(kMaxAttachments) + " URLs");
    for (const json& url : urls) {
      if (!url.is_string() || url.get_ref<const std::string&>().empty()) return fail("an attachment is no URL");
      message.attachments.push_back(url.get<std::string>());
    }
  }

  void read_timestamp(InboundMessage& message) {
    const json& seconds = event_.at("timestamp");
    if (!seconds.is_number_integer() || seconds < 0 || seconds > kMaxUnixSeconds)
      return fail("timestamp is no number of seconds since 1970, without a fraction");
    message.timestamp = std::chrono::system_clock::time_point(std::chrono::seconds(seconds.get<std::int64_t>()));
  }

  enum class Empty { kRefused, kAllowed };

  std::string text(const char* name, Empty empty = Empty::kRefused) {
    const auto found = event_.find(name);
    if (found == event_.end()) return fail_text(std::string(name) + " is missing");
    if (!found->is_string()) return fail_text(std::string(name) + " is no text");
    if (empty == Empty::kRefused && found->get_ref<const std::string&>().empty())
      return fail_text(std::string(name) + " is empty");
    return found->get<std::string>();
  }

  // What is null is as good as absent.
  bool has(const char* name) const {
    const auto found = event_.find(name);
    return found != event_.end() && !found->is_null();
  }

  void fail(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
  }

  std::string fail_text(std::string what) {
    fail(std::move(what));
    return std::string();
  }

  const json& event_;
  Emitter& inbox_;
  std::string fault_;
};

WebhookResponse refused(std::string reason) {
  return WebhookResponse::text(400, std::move(reason));
}

}  // namespace

WebhookResponse take_webhook(const WebhookRequest& request, Emitter& inbox) {
  if (request.method() != "POST") return WebhookResponse::text(405, "expected POST");
  if (!request.has_content_type("application/json")) return WebhookResponse::text(415, "expected application/json");
  const std::string_view body = request.body();
  const json document = json::parse(body.begin(), body.end(), nullptr, false);
  if (document.is_discarded()) return refused("the body is no JSON");
  const std::size_t count = document.is_array() ? document.size() : 1;
  if (count == 0 || count > HERALD_EMIT_MAX)
    return refused(std::to_string(count) + " events, expected 1 to " + std::to_string(HERALD_EMIT_MAX));
  for (std::size_t index = 0; index < count; ++index) {
    // Never copied: a hostile document is as deep as its body is long, and a copy would go down with the stack.
    const std::string fault = EventReader(document.is_array() ? document[index] : document, inbox).take();
    if (!fault.empty()) return refused("event " + std::to_string(index + 1) + ": " + fault);
  }
  return WebhookResponse::json(200, json{{"accepted", count}}.dump());
}

}  // namespace herald::email
