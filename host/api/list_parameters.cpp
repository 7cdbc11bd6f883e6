#include "api/list_parameters.h"

#include <algorithm>
#include <string>

#include "domain/address.h"

namespace herald::api {
namespace {

constexpr const char* kNoCursor = "must be a next_cursor of this list";

// The normalised form under which the store knows an address; what is no address is looked for as it stands.
std::string address(std::string_view text, domain::AddressRole role, std::string_view default_region) {
  const bool mailbox = text.find('@') != std::string_view::npos;
  auto normalized = mailbox ? domain::normalize_mailbox(text) : domain::normalize_phone(text, role, default_region);
  return normalized ? *std::move(normalized) : std::string(text);
}

// Forms write a space as "+", and clients forget to encode the "+" of a number. A number may begin with a "+" and hold
// spaces, and a mailbox may hold a "+" and no space.
std::string address_parameter(std::string_view text, domain::AddressRole role, std::string_view default_region) {
  std::string spaced(text);
  if (text.find('@') == std::string_view::npos) std::replace(spaced.begin() + 1, spaced.end(), '+', ' ');
  return address(spaced, role, default_region);
}

std::optional<domain::Direction> parse_direction(std::string_view text) {
  for (const auto direction : {domain::Direction::kOutbound, domain::Direction::kInbound}) {
    if (text == domain::to_string(direction)) return direction;
  }
  return std::nullopt;
}

// The parameter as `parse` reads it; what it cannot read is a fault.
template <typename Value>
std::optional<Value> parsed(Query& query, std::string_view name, std::optional<Value> (*parse)(std::string_view),
                            const char* expected) {
  const auto text = query.get(name);
  if (!text) return std::nullopt;
  const auto value = parse(*text);
  if (!value) query.fault(name, expected);
  return value;
}

}  // namespace

tl::expected<MessageList, intake::Faults> message_list(std::string_view text, std::string_view default_region) {
  Query query(text, {"status", "channel", "direction", "provider", "from", "to", "cursor", "limit"});
  MessageList list;
  list.filter.status = parsed(query, "status", domain::parse_status,
                              "must be pending, dispatching, dispatched, delivered, failed, expired, cancelled or "
                              "received");
  list.filter.channel = parsed(query, "channel", domain::parse_channel, "must be sms, mms or email");
  list.filter.direction = parsed(query, "direction", parse_direction, "must be outbound or inbound");
  if (const auto provider = query.get("provider")) list.filter.provider = std::string(*provider);
  if (const auto from = query.get("from"))
    list.filter.from = address_parameter(*from, domain::AddressRole::kSender, default_region);
  if (const auto to = query.get("to"))
    list.filter.to = address_parameter(*to, domain::AddressRole::kRecipient, default_region);
  list.before = parsed(query, "cursor", parse_message_cursor, kNoCursor);
  list.limit = query.number_within("limit", 1, kMaxLimit).value_or(kDefaultLimit);
  if (!query.valid()) return tl::make_unexpected(query.faults());
  return list;
}

tl::expected<Paging, intake::Faults> paging(std::string_view text, PlaceList list) {
  Query query(text, {"page", "pageSize", "cursor"});
  Paging paging;
  const auto size = query.number("pageSize").value_or(0);
  paging.size = size == 0 ? kPageSize : std::min(size, kPageSize);
  const auto page = query.number_within("page", 1, kMaxPage);
  const auto cursor = query.get("cursor");
  if (cursor) {
    paging.start.behind = parse_place_cursor(list, *cursor);
    if (!paging.start.behind) query.fault("cursor", kNoCursor);
    if (page) query.fault("page", "must not stand beside cursor");
  } else {
    paging.page = page.value_or(1);
    paging.start.skip = (*paging.page - 1) * paging.size;
  }
  if (!query.valid()) return tl::make_unexpected(query.faults());
  return paging;
}

tl::expected<RetryMany, intake::Faults> retry_many(std::string_view text) {
  Query query(text, {"status", "provider"});
  RetryMany retry;
  const auto status = query.get("status");
  if (!status) {
    query.fault("status", "is required: failed or expired");
  } else if (*status == domain::to_string(domain::Status::kExpired)) {
    retry.status = domain::Status::kExpired;
  } else if (*status != domain::to_string(domain::Status::kFailed)) {
    query.fault("status", "must be failed or expired");
  }
  if (const auto provider = query.get("provider")) retry.provider = std::string(*provider);
  if (!query.valid()) return tl::make_unexpected(query.faults());
  return retry;
}

}  // namespace herald::api
