#include "store/stale_lookup.h"

namespace herald::store {
namespace {

base::Error error() {
  return {base::ErrorCode::kUnavailable,
          "the store has recovered from a failed commit since the request's key was looked up; send it again"};
}

template <typename Keyed>
bool is_stale(const Keyed& command, std::uint64_t recoveries) {
  return command.key && command.recoveries != recoveries;
}

}  // namespace

std::optional<Reply> refuse_stale_lookup(const Command& command, std::uint64_t recoveries) {
  if (const auto* accept = std::get_if<Accept>(&command); accept != nullptr && is_stale(*accept, recoveries)) {
    return base::Result<domain::MessageId>(tl::make_unexpected(error()));
  }
  if (const auto* receive = std::get_if<Receive>(&command); receive != nullptr && is_stale(*receive, recoveries)) {
    return base::Result<Received>(tl::make_unexpected(error()));
  }
  return std::nullopt;
}

}  // namespace herald::store
