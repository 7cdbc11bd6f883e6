// What clients ask of the lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/cursor.h"
#include "api/query.h"
#include "store/store.h"

namespace herald::api {

inline constexpr std::uint64_t kDefaultLimit = 50;
inline constexpr std::uint64_t kMaxLimit = 200;
inline constexpr std::uint64_t kPageSize = 50;  // the usual and the greatest
// Far behind the end of any list; a page times its size fits in 64 bits.
inline constexpr std::uint64_t kMaxPage = 1'000'000'000'000;

// GET /api/messages.
struct MessageList {
  store::MessageFilter filter;
  std::optional<domain::MessageId> before;
  std::size_t limit = kDefaultLimit;
};

// GET /api/conversations and the messages of one.
struct Paging {
  store::PageStart start;
  std::size_t size = kPageSize;
  std::optional<std::uint64_t> page;  // nothing when a cursor was given
};

// The faults are all that is wrong with the query, in the order of its parameters as far as they are found in it.
tl::expected<MessageList, intake::Faults> message_list(std::string_view query, std::string_view default_region);
tl::expected<Paging, intake::Faults> paging(std::string_view query, PlaceList list);

// POST /api/messages/retry.
tl::expected<store::DeadLetters, intake::Faults> retry_many(std::string_view query);

}  // namespace herald::api
