#include "intake/inbound_validation.h"

#include <utility>

#include "domain/address.h"
#include "domain/text.h"
#include "intake/field_rules.h"

namespace herald::intake {
namespace {

constexpr std::size_t kMaxErrorCode = 64;  // octets, as the plugin ABI says

// What differs between the ways by which a message comes.
struct Rules {
  std::string prefix;  // of every pointer
  const char* channel_field;
  const char* id_field;
  bool id_required;
};

Rules rules_of(InboundSource source) {
  switch (source) {
    case InboundSource::kMock:
      return {{}, "/channel", "/provider_message_id", false};
    case InboundSource::kSmsWebhook:
      return {{}, "/type", "/messaging_provider_id", true};
    case InboundSource::kEmailWebhook:
      break;
  }
  return {{}, "/channel", "/xillio_id", true};
}

// What is wrong with an address of whatever kind; null when it can be kept.
const char* fault_of_address(std::string_view address) {
  if (address.empty()) return "must not be empty";
  if (address.size() > kMaxInboundAddress) return "must have at most 320 octets";
  return domain::is_clean_utf8(address) ? nullptr : "must be UTF-8 without control characters";
}

// Judges one message; each function looks at one field and reports it at most once.
class InboundJudge {
 public:
  InboundJudge(InboundRequest& request, const Rules& rules, const Options& options)
      : request_(request), rules_(rules), options_(options) {}

  void channel() {
    if (!present(request_.channel.has_value(), rules_.channel_field)) return;
    if (request_.source == InboundSource::kSmsWebhook && *request_.channel == domain::Channel::kEmail)
      fault(rules_.channel_field, "must be \"sms\" or \"mms\"");
    if (request_.type && *request_.type != *request_.channel) fault("/type", "must be absent or the same as channel");
  }

  std::string address(const std::optional<std::string>& value, const char* field) {
    if (!present(value.has_value(), field)) return {};
    if (const auto* why = fault_of_address(*value)) {
      fault(field, why);
      return {};
    }
    return domain::known_form(request_.channel.value_or(domain::Channel::kSms), *value, options_.default_region);
  }

  void subject() {
    if (request_.subject && (!fits_a_header(*request_.subject) || !domain::utf8_length(*request_.subject)))
      fault("/subject", "must not hold line breaks or other control characters");
  }

  void body() {
    const bool attached = !request_.attachments.empty() || request_.faults.at(rules_.prefix + "/attachments");
    if (!attached && !present(request_.body.has_value(), "/body")) return;
    if (!request_.body) return;
    if (!domain::utf8_length(*request_.body)) return fault("/body", "must be UTF-8");
    if (!attached && domain::is_blank(*request_.body)) fault("/body", "must not be blank without an attachment");
  }

  void provider_message_id() {
    const auto& id = request_.provider_message_id;
    if (!id) {
      if (rules_.id_required) present(false, rules_.id_field);
      return;
    }
    const auto length = domain::utf8_length(*id);
    if (!length || *length > kMaxProviderMessageId || domain::is_blank(*id) || !domain::is_clean_utf8(*id))
      fault(rules_.id_field, "must have 1 to 255 characters, not all of them blank and none a control character");
  }

  void attachments() {
    judge_attachments(request_.attachments, options_.max_attachments, rules_.prefix, request_.faults);
  }

 private:
  void fault(const char* field, const char* message) { request_.faults.add(rules_.prefix + field, message); }

  // Reports an absent field, unless the decoder has said already why it is absent.
  bool present(bool is_present, const char* field) {
    if (!is_present && !request_.faults.at(rules_.prefix + field)) fault(field, "is required");
    return is_present;
  }

  InboundRequest& request_;
  const Rules& rules_;
  const Options& options_;
};

// What is wrong is added to the request's own faults; the result counts when there are none.
domain::NewInbound judged(InboundRequest& request, const Rules& rules, const Options& options, base::WallTime now) {
  InboundJudge judge(request, rules, options);
  domain::NewInbound message;
  judge.channel();
  message.normalized_from = judge.address(request.from, "/from");
  message.normalized_to = judge.address(request.to, "/to");
  judge.subject();
  judge.body();
  judge.attachments();
  judge.provider_message_id();
  if (!request.faults.empty()) return message;

  auto& content = message.content;
  content.channel = *request.channel;
  content.from = *std::move(request.from);
  content.to = *std::move(request.to);
  content.subject = std::move(request.subject);
  content.body = std::move(request.body).value_or(std::string());
  content.attachments = std::move(request.attachments);
  content.timestamp = request.timestamp && is_writable_time(*request.timestamp) ? *request.timestamp : now;
  message.provider_message_id = std::move(request.provider_message_id).value_or(std::string());
  message.received_at = now;
  return message;
}

// A carrier's message in the form of a request; the faults that were found so far go along.
InboundRequest request_of(domain::CarrierMessage message, Faults faults) {
  InboundRequest request;
  request.channel = message.channel;
  request.from = std::move(message.from);
  request.to = std::move(message.to);
  request.subject = std::move(message.subject);
  request.body = std::move(message.body);
  request.attachments = std::move(message.attachments);
  request.timestamp = message.timestamp;
  if (!message.provider_message_id.empty()) request.provider_message_id = std::move(message.provider_message_id);
  request.faults = std::move(faults);
  return request;
}

void judge_receipt(domain::Receipt& receipt, const std::string& prefix, Faults& faults) {
  const auto& id = receipt.provider_message_id;
  if (id.empty() || id.size() > kMaxProviderMessageId || !domain::utf8_length(id))
    faults.add(prefix + "/provider_message_id", "must have 1 to 255 octets of UTF-8");
  auto& code = receipt.error_code;
  if (code.size() > kMaxErrorCode) {
    std::size_t end = kMaxErrorCode;
    while (end > 0 && (static_cast<unsigned char>(code[end]) & 0xc0U) == 0x80U)
      --end;  // never within a character
    code.resize(end);
  }
  if (!domain::is_clean_utf8(code)) faults.add(prefix + "/error_code", "must be UTF-8 without control characters");
}

}  // namespace

std::string_view to_string(InboundSource source) {
  switch (source) {
    case InboundSource::kMock:
      return "mock";
    case InboundSource::kSmsWebhook:
      return "webhook/sms";
    case InboundSource::kEmailWebhook:
      break;
  }
  return "webhook/email";
}

tl::expected<domain::NewInbound, Faults> validate(InboundRequest request, const Options& options, base::WallTime now) {
  if (request.source == InboundSource::kEmailWebhook) request.channel = domain::Channel::kEmail;
  auto message = judged(request, rules_of(request.source), options, now);
  if (!request.faults.empty()) return tl::make_unexpected(std::move(request.faults));
  return message;
}

tl::expected<CheckedEvents, Faults> validate(domain::CarrierEvents events, const Options& options, base::WallTime now) {
  CheckedEvents checked;
  checked.messages.reserve(events.messages.size());
  Faults faults;
  for (std::size_t i = 0; i < events.messages.size(); ++i) {
    const Rules rules{"/messages/" + std::to_string(i), "/channel", "/provider_message_id", false};
    auto request = request_of(std::move(events.messages[i]), std::move(faults));
    checked.messages.push_back(judged(request, rules, options, now));
    faults = std::move(request.faults);
  }
  for (std::size_t i = 0; i < events.receipts.size(); ++i)
    judge_receipt(events.receipts[i], "/receipts/" + std::to_string(i), faults);
  if (!faults.empty()) return tl::make_unexpected(std::move(faults));
  checked.receipts = std::move(events.receipts);
  return checked;
}

}  // namespace herald::intake
