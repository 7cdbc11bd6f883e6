// What carriers send to the mock providers: what is taken keeps the SDK's rules and the host takes it, and what is
// refused is answered with a reason and brings nothing.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <herald/inbound.h>
#include <herald/webhook.h>

#include "domain/channel.h"
#include "domain/text.h"
#include "fuzz/property.h"
#include "intake/inbound_validation.h"
#include "plugins/email/carrier.h"
#include "plugins/sms_mms/carrier.h"

namespace herald::fuzz {
namespace {

const base::WallTime kNow = base::from_unix_ms(1'767'323'045'678);

struct Posted {
  std::string_view method;
  std::string_view query;
  std::string_view content_type;
  std::string_view body;
};

herald_webhook_request raw_of(const Posted& posted, herald_header& header) {
  std::memset(&header, 0, sizeof header);
  header.name = herald::detail::as_str("Content-Type");
  header.value = herald::detail::as_str(posted.content_type);
  herald_webhook_request raw;
  std::memset(&raw, 0, sizeof raw);
  raw.struct_size = sizeof raw;
  raw.method = herald::detail::as_str(posted.method);
  raw.query = herald::detail::as_str(posted.query);
  raw.headers = &header;
  raw.header_count = 1;
  raw.body = herald::detail::as_str(posted.body);
  return raw;
}

domain::CarrierEvents as_the_host_copies(const Emitter& inbox) {
  domain::CarrierEvents events;
  events.provider = "mock";
  for (const auto& message : inbox.messages()) {
    domain::CarrierMessage copy;
    const auto channel = domain::parse_channel(message.channel);
    require(channel.has_value(), "a message has a channel that is known");
    copy.channel = *channel;
    copy.from = message.from;
    copy.to = message.to;
    copy.subject = message.subject;
    copy.body = message.body;
    copy.attachments = message.attachments;
    copy.provider_message_id = message.provider_message_id;
    if (message.timestamp) copy.timestamp = std::chrono::time_point_cast<std::chrono::milliseconds>(*message.timestamp);
    events.messages.push_back(std::move(copy));
  }
  for (const auto& receipt : inbox.receipts())
    events.receipts.push_back(
        {receipt.provider_message_id(), receipt.status() == HERALD_RECEIPT_DELIVERED, receipt.error_code()});
  return events;
}

void check_taken(const Emitter& inbox) {
  require(inbox.messages().size() + inbox.receipts().size() <= HERALD_EMIT_MAX, "one request brings so much at most");
  for (const auto& message : inbox.messages())
    require(herald::detail::fault_of(message).empty(), "a message keeps the SDK's rules");
  for (const auto& receipt : inbox.receipts())
    require(herald::detail::fault_of(receipt).empty(), "a receipt keeps the SDK's rules");
  intake::Options options;
  options.max_attachments = 100;
  const auto checked = intake::validate(as_the_host_copies(inbox), options, kNow);
  if (checked) {
    require(checked->messages.size() == inbox.messages().size() && checked->receipts.size() == inbox.receipts().size(),
            "the host takes all that it is given");
    return;
  }
  require(!checked.error().empty(), "the host says why it refuses");
  for (const auto& fault : checked.error().list())
    require(fault.pointer.rfind("/messages/", 0) == 0 || fault.pointer.rfind("/receipts/", 0) == 0,
            "the host says what it refuses");
}

template <typename Take>
void check(const Posted& posted, Take take) {
  herald_header header;
  const auto raw = raw_of(posted, header);
  Emitter inbox;
  const auto answer = take(WebhookRequest(&raw), inbox);
  // What the inbox has refused, the SDK answers 400, whatever the plugin says.
  const bool well = answer.status() >= 200 && answer.status() < 300;
  const bool taken = well && inbox.refusal().empty();
  require(domain::is_clean_utf8(inbox.refusal()), "the inbox's reason is a line");
  require(well || (answer.status() >= 400 && answer.status() < 500), "a carrier is never answered 3xx or 5xx");
  require(herald::detail::is_utf8(answer.body()) || answer.content_type().find("charset") == std::string::npos,
          "what says to be UTF-8 is UTF-8");
  if (taken) {
    check_taken(inbox);
  } else if (!well) {
    require(!answer.body().empty(), "a refusal has a reason");
    require(domain::is_clean_utf8(answer.body()), "a reason is a line");
  }
  Emitter second;
  const auto again = take(WebhookRequest(&raw), second);
  require(again.status() == answer.status() && again.body() == answer.body() &&
              second.messages().size() == inbox.messages().size() &&
              second.receipts().size() == inbox.receipts().size(),
          "the same request is answered the same");
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  const auto choice = input.byte();
  fuzz::Posted posted{"POST", {}, "application/x-www-form-urlencoded", {}};
  if ((choice & 2U) != 0) {
    posted.method = "GET";
    posted.query = input.rest();
  } else {
    if ((choice & 4U) != 0) posted.content_type = input.until('\n');
    posted.body = input.rest();
  }
  if ((choice & 1U) != 0) {
    fuzz::check(posted, sms_mms::take_webhook);
  } else {
    if ((choice & 4U) == 0) posted.content_type = "application/json";
    fuzz::check(posted, email::take_webhook);
  }
  return 0;
}
