// JSON bodies: what is read is JSON, what is accepted keeps the rules and comes back the same when it is written again,
// and what is refused says where and why.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api/fault_settings_json.h"
#include "api/inbound_decoder.h"
#include "api/send_decoder.h"
#include "base/clock.h"
#include "base/time_text.h"
#include "domain/address.h"
#include "domain/text.h"
#include "fuzz/property.h"
#include "intake/field_rules.h"
#include "intake/inbound_validation.h"
#include "intake/validation.h"

namespace herald::fuzz {
namespace {

using nlohmann::json;

const base::WallTime kNow = base::from_unix_ms(1'767'323'045'678);

void check_malformed(std::string_view body, const api::Malformed& malformed) {
  require(!malformed.detail.empty() && domain::is_clean_utf8(malformed.detail), "a refusal says what is wrong");
  // Within the reader's bounds, counted from above, it refuses only what another reader refuses too. To that one a NUL
  // is the end of the text.
  if (body.find('\0') != std::string_view::npos) return;
  const auto openings = std::count_if(body.begin(), body.end(), [](char c) { return c == '[' || c == '{'; });
  const auto members = std::count(body.begin(), body.end(), ':');
  if (openings <= static_cast<int>(api::kMaxDepth) && members <= static_cast<int>(api::kMaxUnknownMembers))
    require(!json::accept(body.begin(), body.end()), "JSON within the bounds is read");
}

void check_faults(const intake::Faults& faults) {
  require(!faults.empty() && faults.list().size() <= intake::Faults::kMax, "a refusal names 1 to 64 faults");
  for (const auto& fault : faults.list()) {
    require(fault.pointer.empty() || fault.pointer.front() == '/', "a fault points into the document");
    require(domain::utf8_length(fault.pointer).has_value(), "a pointer is UTF-8");
    require(!fault.message.empty() && domain::is_clean_utf8(fault.message), "a fault says what is wrong");
  }
}

void check_content(const domain::Content& content, const intake::Options& options) {
  require(domain::utf8_length(content.body).has_value(), "a body is UTF-8");
  require(!content.subject || intake::fits_a_header(*content.subject), "a subject fits a header");
  require(content.attachments.size() <= options.max_attachments, "attachments keep their limit");
  require(intake::is_writable_time(content.timestamp), "a time can be written");
}

json written(const domain::Content& content, bool email) {
  json document{{"from", content.from},
                {"to", content.to},
                {"body", content.body},
                {"attachments", content.attachments},
                {"timestamp", base::to_rfc3339(content.timestamp)}};
  if (content.subject) document["subject"] = *content.subject;
  if (!email) document["type"] = domain::to_string(content.channel);
  return document;
}

bool same(const domain::Content& one, const domain::Content& other) {
  return one.channel == other.channel && one.from == other.from && one.to == other.to && one.subject == other.subject &&
         one.body == other.body && one.attachments == other.attachments && one.timestamp == other.timestamp;
}

void check_send(std::string_view body, intake::Medium medium) {
  const intake::Options options;
  const bool email = medium == intake::Medium::kEmail;
  auto request = api::decode_send(body, medium);
  if (!request) return check_malformed(body, request.error());
  require(json::accept(body.begin(), body.end()), "what is read is JSON");
  const bool sound = request->faults.empty();
  const auto checked = intake::validate(*std::move(request), options, kNow);
  if (!checked) return check_faults(checked.error());
  require(sound, "what was read with faults is not accepted");
  check_content(checked->content, options);
  require(domain::is_blank(checked->content.body) == false, "a message has words");
  require(checked->ttl.count() >= 1 && checked->ttl <= intake::kMaxTtl, "a time to live keeps its limits");
  for (const auto* known : {&checked->normalized_from, &checked->normalized_to})
    require(domain::known_form(checked->content.channel, *known, options.default_region) == *known,
            "addresses are known by their normalised form");

  auto document = written(checked->content, email);
  document["ttl_seconds"] = checked->ttl.count();
  auto again = api::decode_send(document.dump(), medium);
  require(again.has_value(), "what is written again is read");
  const auto rechecked = intake::validate(*std::move(again), options, kNow + std::chrono::hours{1});
  require(rechecked.has_value(), "what is written again is accepted");
  require(same(checked->content, rechecked->content) && checked->ttl == rechecked->ttl &&
              checked->normalized_from == rechecked->normalized_from &&
              checked->normalized_to == rechecked->normalized_to,
          "what is written again is the same message");
}

void check_inbound(std::string_view body, intake::InboundSource source) {
  const intake::Options options;
  auto request = api::decode_inbound(body, source);
  if (!request) return check_malformed(body, request.error());
  require(json::accept(body.begin(), body.end()), "what is read is JSON");
  const auto event = intake::validate(*std::move(request), options, kNow);
  if (!event) return check_faults(event.error());
  const auto& content = event->content;
  check_content(content, options);
  require(!content.from.empty() && content.from.size() <= intake::kMaxInboundAddress, "a sender keeps its limit");
  require(!content.to.empty() && content.to.size() <= intake::kMaxInboundAddress, "a recipient keeps its limit");
  require(domain::utf8_length(event->provider_message_id).value_or(SIZE_MAX) <= intake::kMaxProviderMessageId,
          "a carrier's id keeps its limit");

  auto document = written(content, source == intake::InboundSource::kEmailWebhook);
  if (source == intake::InboundSource::kMock) {
    document.erase("type");
    document["channel"] = domain::to_string(content.channel);
  } else if (!event->provider_message_id.empty()) {
    const bool sms = source == intake::InboundSource::kSmsWebhook;
    document[sms ? "messaging_provider_id" : "xillio_id"] = event->provider_message_id;
  }
  auto again = api::decode_inbound(document.dump(), source);
  require(again.has_value(), "what is written again is read");
  const auto repeated = intake::validate(*std::move(again), options, kNow + std::chrono::hours{1});
  require(repeated.has_value(), "what is written again is accepted");
  require(same(content, repeated->content) && event->provider_message_id == repeated->provider_message_id,
          "what is written again is the same message");
}

void check_fault_settings(std::string_view body) {
  const auto document = api::decode_fault_settings(body);
  if (!document) return check_malformed(body, document.error());
  require(json::accept(body.begin(), body.end()), "what is read is JSON");
  if (!document->faults.empty()) return check_faults(document->faults);
  const auto text = api::fault_settings_json(document->settings);
  const auto again = api::decode_fault_settings(text);
  require(again.has_value() && again->faults.empty(), "what is written again is accepted");
  require(api::fault_settings_json(again->settings) == text, "what is written again is the same");
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  const auto kind = input.byte() % 6;
  const auto body = input.rest();
  switch (kind) {
    case 0:
      fuzz::check_send(body, intake::Medium::kPhone);
      break;
    case 1:
      fuzz::check_send(body, intake::Medium::kEmail);
      break;
    case 2:
      fuzz::check_inbound(body, intake::InboundSource::kMock);
      break;
    case 3:
      fuzz::check_inbound(body, intake::InboundSource::kSmsWebhook);
      break;
    case 4:
      fuzz::check_inbound(body, intake::InboundSource::kEmailWebhook);
      break;
    default:
      fuzz::check_fault_settings(body);
      break;
  }
  return 0;
}
