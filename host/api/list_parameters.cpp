#include "api/list_parameters.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "domain/address.h"

namespace herald::api {
namespace {

constexpr const char* kNoCursor = "must be a next_cursor of this list";

// Every form under which the store may know what is written here: as it stands, as a number and as a mailbox. Forms
// write a space as "+", and clients forget to encode the "+" of a number: a number may begin with a "+" and hold
// spaces.
std::vector<std::string> known_forms(std::string_view text, std::string_view default_region) {
  std::string spaced(text);
  if (!spaced.empty()) std::replace(spaced.begin() + 1, spaced.end(), '+', ' ');
  std::vector<std::string> forms{std::string(text)};
  const auto add = [&forms](std::string form) {
    if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(std::move(form));
  };
  add(domain::known_form(domain::Channel::kSms, spaced, default_region));
  add(domain::known_form(domain::Channel::kEmail, text, default_region));
  return forms;
}

// What the host calls a provider; no client's text beside it is looked for, or logged.
std::optional<std::string> parse_provider(std::string_view text) {
  constexpr std::size_t kMost = 32;
  const bool named = !text.empty() && text.size() <= kMost && text.front() >= 'a' && text.front() <= 'z' &&
                     std::all_of(text.begin(), text.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return named ? std::optional(std::string(text)) : std::nullopt;
}

constexpr const char* kNoProvider = "must be the name of a provider: a lower-case letter, then letters, digits, \"-\"";

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
  auto value = parse(*text);
  if (!value) query.fault(name, expected);
  return value;
}

// Only dead letters of this status have one for good.
std::optional<std::string> error_code(Query& query, std::optional<domain::Status> status) {
  const auto text = query.get("error_code");
  if (!text) return std::nullopt;
  if (status != domain::Status::kFailed) query.fault("error_code", "must stand beside status=failed");
  return std::string(*text);
}

}  // namespace

tl::expected<MessageList, intake::Faults> message_list(std::string_view text, std::string_view default_region) {
  Query query(text, {"status", "channel", "direction", "provider", "from", "to", "error_code", "cursor", "limit"});
  MessageList list;
  list.filter.status = parsed(query, "status", domain::parse_status,
                              "must be pending, dispatching, dispatched, delivered, failed, expired, cancelled or "
                              "received");
  list.filter.channel = parsed(query, "channel", domain::parse_channel, "must be sms, mms or email");
  list.filter.direction = parsed(query, "direction", parse_direction, "must be outbound or inbound");
  list.filter.provider = parsed(query, "provider", parse_provider, kNoProvider);
  if (const auto from = query.get("from")) list.filter.from = known_forms(*from, default_region);
  if (const auto to = query.get("to")) list.filter.to = known_forms(*to, default_region);
  list.filter.error_code = error_code(query, list.filter.status);
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

tl::expected<store::DeadLetters, intake::Faults> retry_many(std::string_view text) {
  Query query(text, {"status", "provider", "error_code"});
  store::DeadLetters retry;
  const auto status = query.get("status");
  if (!status) {
    query.fault("status", "is required: failed or expired");
  } else if (*status == domain::to_string(domain::Status::kExpired)) {
    retry.status = domain::Status::kExpired;
  } else if (*status != domain::to_string(domain::Status::kFailed)) {
    query.fault("status", "must be failed or expired");
  }
  retry.provider = parsed(query, "provider", parse_provider, kNoProvider).value_or("");
  retry.error_code = error_code(query, retry.status).value_or("");
  if (!query.valid()) return tl::make_unexpected(query.faults());
  return retry;
}

}  // namespace herald::api
