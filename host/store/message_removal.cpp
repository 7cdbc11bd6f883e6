#include "store/message_removal.h"

#include <algorithm>

#include "store/conversation_book.h"

namespace herald::store {
namespace {

// An id may have been given to another message since: that one's stays.
constexpr const char* kDeleteSent =
    "DELETE FROM sent WHERE provider_id = ?1 AND provider_message_id = ?2 AND message_id = ?3";
constexpr const char* kSelectSent =
    "SELECT provider_id, provider_message_id FROM attempt WHERE message_id = ?1 AND provider_message_id <> ''";
constexpr const char* kDeleteMembership =
    "DELETE FROM conversation_message WHERE conversation_id = ?1 AND timestamp = ?2 AND message_id = ?3";
constexpr const char* kUpdateActivity =
    "UPDATE conversation_activity SET last_activity_at = ?3, message_count = message_count - ?4"
    " WHERE last_activity_at = ?1 AND conversation_id = ?2";
constexpr const char* kNoteConversation =
    "UPDATE removed SET conversations = conversations + 1, last_conversation = max(last_conversation, ?1)";
// Found first: SQLite may be built without a LIMIT for DELETE.
constexpr const char* kDeleteCarrierIds =
    "DELETE FROM received WHERE message_id IN (SELECT r.message_id FROM received r WHERE r.message_id < ?1"
    " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message_id) ORDER BY r.message_id LIMIT ?2)";

}  // namespace

MessageRemoval::MessageRemoval(Database& database, ConversationBook& book)
    : book_(book),
      delete_message_(database, "DELETE FROM message WHERE id = ?1"),
      delete_delivery_(database, "DELETE FROM delivery WHERE message_id = ?1"),
      select_sent_(database, kSelectSent),
      delete_sent_(database, kDeleteSent),
      delete_attempts_(database, "DELETE FROM attempt WHERE message_id = ?1"),
      delete_membership_(database, kDeleteMembership),
      select_conversation_(database, "SELECT id FROM conversation WHERE key = ?1"),
      select_last_(database, "SELECT max(timestamp) FROM conversation_message WHERE conversation_id = ?1"),
      update_activity_(database, kUpdateActivity),
      delete_activity_(database,
                       "DELETE FROM conversation_activity WHERE last_activity_at = ?1 AND conversation_id = ?2"),
      delete_conversation_(database, "DELETE FROM conversation WHERE id = ?1"),
      note_conversation_(database, kNoteConversation),
      note_message_(database, "UPDATE removed SET last_message = max(last_message, ?1)"),
      delete_carrier_ids_(database, kDeleteCarrierIds) {}

void MessageRemoval::begin() {
  touched_.clear();
  last_message_ = 0;
}

void MessageRemoval::remove(const RemovableMessage& message) {
  leave_conversation(message);
  const auto id = message.id.value();
  forget_sent(id);
  delete_attempts_.bind(1, id).run();
  delete_delivery_.bind(1, id).run();
  delete_message_.bind(1, id).run();
  last_message_ = std::max(last_message_, id);
}

// One by one: in one statement SQLite would look through all of a provider's rows.
void MessageRemoval::forget_sent(std::int64_t message) {
  const StatementScope scope(select_sent_);
  select_sent_.bind(1, message);
  while (select_sent_.step())
    delete_sent_.bind(1, select_sent_.number(0)).bind(2, select_sent_.text(1)).bind(3, message).run();
}

void MessageRemoval::leave_conversation(const RemovableMessage& message) {
  auto key = domain::conversation_key(message.channel, message.normalized_sender, message.normalized_recipient);
  const auto conversation = find(key);
  if (!conversation) return;
  auto touched = touched_.find(*conversation);
  if (touched == touched_.end()) {
    const auto last = find_last(*conversation);
    if (!last) return;
    touched = touched_.emplace(*conversation, Touched{std::move(key), *last, 0}).first;
  }
  touched->second.removed +=
      delete_membership_.bind(1, *conversation).bind(2, message.timestamp).bind(3, message.id.value()).run();
}

void MessageRemoval::save() {
  for (const auto& [conversation, one] : touched_) {
    if (const auto last = find_last(conversation)) {
      update_activity_.bind(1, one.last_before).bind(2, conversation).bind(3, *last).bind(4, one.removed).run();
    } else {
      remove_conversation(conversation, one);
    }
  }
  note_message_.bind(1, last_message_).run();
}

void MessageRemoval::remove_conversation(domain::ConversationId conversation, const Touched& touched) {
  delete_activity_.bind(1, touched.last_before).bind(2, conversation).run();
  delete_conversation_.bind(1, conversation).run();
  note_conversation_.bind(1, conversation).run();
  book_.forget(touched.key);
}

std::int64_t MessageRemoval::forget_carrier_ids(domain::MessageId before, std::int64_t most) {
  return delete_carrier_ids_.bind(1, before.value()).bind(2, most).run();
}

std::optional<domain::ConversationId> MessageRemoval::find(const std::string& key) {
  const StatementScope scope(select_conversation_);
  if (!select_conversation_.bind(1, key).step()) return std::nullopt;
  return select_conversation_.number(0);
}

std::optional<std::int64_t> MessageRemoval::find_last(domain::ConversationId conversation) {
  const StatementScope scope(select_last_);
  if (!select_last_.bind(1, conversation).step() || select_last_.is_null(0)) return std::nullopt;
  return select_last_.number(0);
}

}  // namespace herald::store
