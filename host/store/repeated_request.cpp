#include "store/repeated_request.h"

namespace herald::store {
namespace {

const domain::RequestKey* key_of(const Command& command) {
  if (const auto* accept = std::get_if<Accept>(&command); accept != nullptr && accept->key) return &*accept->key;
  if (const auto* receive = std::get_if<Receive>(&command); receive != nullptr && receive->key) return &*receive->key;
  return nullptr;
}

template <typename Result>
Reply reply_of(Result first, bool same) {
  if (same) return first;
  return Result(base::fail(base::ErrorCode::kUnavailable,
                           "the key is that of another request, whose commit was in doubt; ask again"));
}

}  // namespace

std::optional<Reply> answer_to_repeated(const Command& command, const RecentKeys& recent, base::WallTime not_before) {
  const auto* key = key_of(command);
  if (key == nullptr) return std::nullopt;
  const auto use = recent.find(key->key, not_before);
  if (!use) return std::nullopt;
  const bool same = use->request == key->request;
  if (std::holds_alternative<Accept>(command)) return reply_of(base::Result<domain::MessageId>(use->id), same);
  Received received;
  received.messages.push_back({use->id, true});
  return reply_of(base::Result<Received>(std::move(received)), same);
}

}  // namespace herald::store
