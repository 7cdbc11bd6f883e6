#include "carrier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace herald::sms_mms {
namespace {

constexpr unsigned kMaxMedia = 100;  // the most that a host takes on one message
constexpr std::size_t kMaxChallengeBytes = 255;

// What happens to a message on its way, of which the host keeps no record.
constexpr std::array<std::string_view, 5> kOnTheWay = {"accepted", "queued", "scheduled", "sending", "sent"};

WebhookResponse refused(std::string reason) {
  return WebhookResponse::text(400, std::move(reason));
}

// The value of a field that may not be absent or empty; empty otherwise.
std::string_view required(const Form& form, std::string_view name) {
  return form.value(name).value_or(std::string_view());
}

std::optional<unsigned> media_count(const Form& form) {
  const std::string_view text = form.value("NumMedia").value_or("0");
  unsigned count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (fault != std::errc() || end != text.data() + text.size() || count > kMaxMedia) return std::nullopt;
  return count;
}

WebhookResponse take_challenge(const WebhookRequest& request) {
  const auto query = request.query_form();
  if (!query) return refused("the query is malformed: a percent sign is followed by two hexadecimal digits");
  const std::string_view challenge = query->value("challenge").value_or(std::string_view());
  // It is given back as text, to whoever asks.
  const bool printable = std::all_of(challenge.begin(), challenge.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (challenge.empty() || challenge.size() > kMaxChallengeBytes || !printable)
    return refused("a GET verifies this address: challenge is not of 1 to 255 printable ASCII characters");
  return WebhookResponse::text(200, std::string(challenge));
}

WebhookResponse take_receipt(const Form& form, Emitter& inbox) {
  const std::string id(required(form, "MessageSid"));
  if (id.empty()) return refused("MessageSid is missing: a receipt names its message");
  const std::string_view status = required(form, "MessageStatus");
  if (status == "delivered") {
    inbox.receipt(Receipt::delivered(id));
  } else if (status == "failed" || status == "undelivered") {
    const std::string_view code = required(form, "ErrorCode");
    inbox.receipt(Receipt::failed(id, std::string(code.empty() ? status : code)));
  } else if (std::find(kOnTheWay.begin(), kOnTheWay.end(), status) == kOnTheWay.end()) {
    return refused("MessageStatus is unknown; expected delivered, failed, undelivered or a step before them");
  }
  return WebhookResponse::empty();
}

WebhookResponse take_message(const Form& form, Emitter& inbox) {
  for (const std::string_view name : {"MessageSid", "From", "To"}) {
    if (required(form, name).empty()) return refused(std::string(name) + " is missing or empty");
  }
  if (!form.value("Body")) return refused("Body is missing; a message without words has an empty one");
  const auto count = media_count(form);
  if (!count) return refused("NumMedia is no number from 0 to " + std::to_string(kMaxMedia));
  InboundMessage message;
  message.channel = *count > 0 ? "mms" : "sms";
  message.from = required(form, "From");
  message.to = required(form, "To");
  message.body = required(form, "Body");
  message.provider_message_id = required(form, "MessageSid");
  for (unsigned index = 0; index < *count; ++index) {
    const std::string name = "MediaUrl" + std::to_string(index);
    if (required(form, name).empty()) return refused(name + " is missing or empty, and NumMedia counts it");
    message.attachments.emplace_back(required(form, name));
  }
  inbox.message(std::move(message));
  return WebhookResponse::empty();
}

}  // namespace

WebhookResponse take_webhook(const WebhookRequest& request, Emitter& inbox) {
  if (request.method() == "GET") return take_challenge(request);
  if (request.method() != "POST") return WebhookResponse::text(405, "expected GET or POST");
  if (!request.has_content_type("application/x-www-form-urlencoded"))
    return WebhookResponse::text(415, "expected application/x-www-form-urlencoded");
  const auto form = request.form();
  if (!form) return refused("the form is malformed, or has more than " + std::to_string(Form::kMaxFields) + " fields");
  return form->value("MessageStatus") ? take_receipt(*form, inbox) : take_message(*form, inbox);
}

}  // namespace herald::sms_mms
