#include "store/conversation_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "store/database.h"

namespace herald::store {
namespace {

constexpr const char* kSelectId = "SELECT id FROM conversation WHERE key = ?1";
constexpr const char* kInsertConversation =
    "INSERT INTO conversation(id, key, channel, participant_a, participant_b) VALUES(?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT(key) DO NOTHING";
constexpr const char* kInsertMembership =
    "INSERT INTO conversation_message(conversation_id, timestamp, message_id) VALUES(?1, ?2, ?3)";
constexpr const char* kSelectLast = "SELECT max(timestamp) FROM conversation_message WHERE conversation_id = ?1";
constexpr const char* kInsertActivity =
    "INSERT INTO conversation_activity(last_activity_at, conversation_id, message_count) VALUES(?1, ?2, ?3)";
constexpr const char* kUpdateActivity =
    "UPDATE conversation_activity SET last_activity_at = max(last_activity_at, ?1), message_count = message_count + ?3"
    " WHERE last_activity_at = ?4 AND conversation_id = ?2";

}  // namespace

ConversationBook::ConversationBook(Database& database, std::size_t known_of_a_generation)
    : select_id_(database, kSelectId),
      insert_conversation_(database, kInsertConversation),
      insert_membership_(database, kInsertMembership),
      select_last_(database, kSelectLast),
      insert_activity_(database, kInsertActivity),
      update_activity_(database, kUpdateActivity),
      known_of_a_generation_(known_of_a_generation),
      last_id_(database.query_number("SELECT max(coalesce((SELECT max(id) FROM conversation), 0), last_conversation)"
                                     " FROM removed")),
      last_saved_(last_id_) {}

void ConversationBook::join(domain::Channel channel, std::string_view normalized_from, std::string_view normalized_to,
                            base::WallTime timestamp, domain::MessageId message) {
  const auto conversation = find_or_make(channel, normalized_from, normalized_to);
  gathered_.push_back({conversation, base::unix_ms(timestamp), message.value()});
}

// In the order of the tables' keys, so that neighbours share a page.
void ConversationBook::save() {
  std::sort(gathered_.begin(), gathered_.end(), [](const Membership& left, const Membership& right) {
    return std::tie(left.conversation, left.timestamp, left.message) <
           std::tie(right.conversation, right.timestamp, right.message);
  });
  for (auto at = gathered_.begin(); at != gathered_.end();) {
    const auto first = at;
    const auto last_before = find_last(first->conversation);
    for (; at != gathered_.end() && at->conversation == first->conversation; ++at) {
      insert_membership_.bind(1, at->conversation).bind(2, at->timestamp).bind(3, at->message).run();
    }
    write_activity(std::prev(at)->conversation, last_before, std::prev(at)->timestamp, std::distance(first, at));
  }
  gathered_.clear();
  last_saved_ = last_id_;
}

// The timestamp of a conversation's last message, under which its counters stand.
std::optional<std::int64_t> ConversationBook::find_last(domain::ConversationId conversation) {
  if (conversation > last_saved_) return std::nullopt;
  const StatementScope scope(select_last_);
  if (!select_last_.bind(1, conversation).step() || select_last_.is_null(0)) return std::nullopt;
  return select_last_.number(0);
}

void ConversationBook::write_activity(domain::ConversationId conversation, std::optional<std::int64_t> last_before,
                                      std::int64_t latest, std::int64_t count) {
  auto& write = last_before ? update_activity_ : insert_activity_;
  write.bind(1, latest).bind(2, conversation).bind(3, count);
  if (last_before) write.bind(4, *last_before);
  if (write.run() != 1) throw_corrupt("conversation " + std::to_string(conversation) + " has messages and no counters");
}

void ConversationBook::forget(const std::string& key) {
  newer_.erase(key);
  older_.erase(key);
}

// Whether it is looked for first or made first follows the last one: a wrong guess costs a statement, not a fault.
domain::ConversationId ConversationBook::find_or_make(domain::Channel channel, std::string_view one,
                                                      std::string_view other) {
  auto key = domain::conversation_key(channel, one, other);
  if (const auto known = find_known(key)) return *known;
  std::optional<domain::ConversationId> id;
  if (!strangers_are_new_) id = find_stored(key);
  strangers_are_new_ = false;
  if (!id) {
    id = make(key, channel, one, other);
    strangers_are_new_ = id.has_value();
  }
  if (!id) id = find_stored(key);
  if (!id) throw_corrupt("a conversation stands in the index of keys and not in its table");
  remember(std::move(key), *id);
  return *id;
}

std::optional<domain::ConversationId> ConversationBook::find_known(const std::string& key) {
  if (const auto found = newer_.find(key); found != newer_.end()) return found->second;
  const auto found = older_.find(key);
  if (found == older_.end()) return std::nullopt;
  const auto id = found->second;
  remember(key, id);
  return id;
}

std::optional<domain::ConversationId> ConversationBook::find_stored(std::string_view key) {
  const StatementScope scope(select_id_);
  if (!select_id_.bind(1, key).step()) return std::nullopt;
  return select_id_.number(0);
}

std::optional<domain::ConversationId> ConversationBook::make(std::string_view key, domain::Channel channel,
                                                             std::string_view one, std::string_view other) {
  const auto made = insert_conversation_.bind(1, last_id_ + 1)
                        .bind(2, key)
                        .bind(3, static_cast<std::int64_t>(channel))
                        .bind(4, std::min(one, other))
                        .bind(5, std::max(one, other))
                        .run();
  if (made == 0) return std::nullopt;
  return ++last_id_;
}

void ConversationBook::remember(std::string key, domain::ConversationId id) {
  if (newer_.size() >= known_of_a_generation_) {
    older_ = std::move(newer_);
    newer_.clear();
  }
  newer_.emplace(std::move(key), id);
}

}  // namespace herald::store
