#include "store/conversation_reads.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "store/database.h"
#include "store/message_rows.h"
#include "store/record_rows.h"

namespace herald::store {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

constexpr std::size_t kMostItemsOfAPage = 10'000;

// Ids are given without gaps, so the greatest one less what was removed is their number: a listing counts no rows.
constexpr const char* kTotal =
    "SELECT max(coalesce((SELECT max(id) FROM conversation), 0), last_conversation) - conversations FROM removed";

constexpr const char* kFind =
    "SELECT c.id, c.key, c.channel, c.participant_a, c.participant_b, a.message_count, a.last_activity_at"
    " FROM conversation c JOIN conversation_activity a ON a.conversation_id = c.id AND a.last_activity_at ="
    " (SELECT max(timestamp) FROM conversation_message WHERE conversation_id = ?1) WHERE c.id = ?1";

// A page is found in one table alone, so that what it skips costs no other row.
constexpr const char* kList =
    "SELECT c.id, c.key, c.channel, c.participant_a, c.participant_b, page.message_count, page.last_activity_at"
    " FROM (SELECT last_activity_at, conversation_id, message_count FROM conversation_activity"
    " WHERE (last_activity_at, conversation_id) < (?1, ?2)"
    " ORDER BY last_activity_at DESC, conversation_id DESC LIMIT ?3 OFFSET ?4) AS page"
    " JOIN conversation c ON c.id = page.conversation_id"
    " ORDER BY page.last_activity_at DESC, page.conversation_id DESC";

// A member without its message must be seen, not skipped: hence the outer join.
constexpr const char* kMessagesOfAPage =
    " FROM (SELECT timestamp, message_id FROM conversation_message"
    " WHERE conversation_id = ?5 AND (timestamp, message_id) > (?1, ?2)"
    " ORDER BY timestamp, message_id LIMIT ?3 OFFSET ?4) AS page"
    " LEFT JOIN message m ON m.id = page.message_id";
constexpr const char* kMessagesOrder = " ORDER BY page.timestamp, page.message_id";
constexpr int kRecord = 2;  // where the record starts among the columns

std::string messages_sql() {
  return std::string("SELECT page.message_id, m.id, ") + kRecordColumns + kMessagesOfAPage + kRecordJoins +
         kMessagesOrder;
}

domain::Conversation read_conversation(const Statement& row) {
  domain::Conversation conversation;
  conversation.id = row.number(0);
  conversation.key = row.text(1);
  conversation.channel = channel_of(row.number(2));
  conversation.participant_a = row.text(3);
  conversation.participant_b = row.text(4);
  conversation.message_count = static_cast<std::uint64_t>(row.number(5));
  conversation.last_activity_at = row.time(6);
  return conversation;
}

domain::MessageRecord read_member(const Statement& row) {
  const domain::MessageId id{row.number(0)};
  if (row.is_null(1)) throw_corrupt("message " + id.text() + " is in a conversation, but its row is not there");
  return read_record(row, kRecord, id);
}

// Binds where a page begins; without a place, before `first`. One item more than the page tells whether others follow.
void bind_page(Statement& statement, const PageStart& start, const Place& first, std::size_t limit) {
  const auto place = start.behind.value_or(first);
  const auto skip = start.behind ? 0 : static_cast<std::int64_t>(start.skip);
  statement.bind(1, place.at).bind(2, place.id).bind(3, static_cast<std::int64_t>(limit) + 1).bind(4, skip);
}

// Reads the items of a page; `place_of` answers an item's.
template <typename Item, typename Read, typename PlaceOf>
void read_page(Statement& statement, std::size_t limit, Page<Item>& page, Read read, PlaceOf place_of) {
  while (statement.step()) {
    if (page.items.size() == limit) {
      page.next = place_of(page.items.back());
      return;
    }
    page.items.push_back(read(statement));
  }
}

// Nothing of such a page has to be looked for.
bool is_empty(const PageStart& start, std::size_t limit, std::uint64_t total) {
  return limit == 0 || (!start.behind && start.skip >= total);
}

}  // namespace

ConversationReads::ConversationReads(Database& database)
    : total_(database, kTotal), list_(database, kList), find_(database, kFind), messages_(database, messages_sql()) {}

Page<domain::Conversation> ConversationReads::list(const PageStart& start, std::size_t limit) {
  const auto most = std::min(limit, kMostItemsOfAPage);
  Page<domain::Conversation> page;
  {
    const StatementScope scope(total_);
    total_.step();
    page.total = static_cast<std::uint64_t>(total_.number(0));
  }
  if (is_empty(start, most, page.total)) return page;
  const StatementScope scope(list_);
  bind_page(list_, start, {base::from_unix_ms(Limits::max()), Limits::max()}, most);
  read_page(list_, most, page, read_conversation, [](const domain::Conversation& conversation) {
    return Place{conversation.last_activity_at, conversation.id};
  });
  return page;
}

base::Result<domain::Conversation> ConversationReads::find(domain::ConversationId id) {
  const StatementScope scope(find_);
  if (!find_.bind(1, id).step()) {
    return base::fail(base::ErrorCode::kNotFound, "there is no conversation " + std::to_string(id));
  }
  return read_conversation(find_);
}

base::Result<Page<domain::MessageRecord>> ConversationReads::messages(domain::ConversationId id, const PageStart& start,
                                                                      std::size_t limit) {
  const auto conversation = find(id);
  if (!conversation) return tl::make_unexpected(conversation.error());
  const auto most = std::min(limit, kMostItemsOfAPage);
  Page<domain::MessageRecord> page;
  page.total = conversation->message_count;
  if (is_empty(start, most, page.total)) return page;
  const StatementScope scope(messages_);
  bind_page(messages_, start, {base::from_unix_ms(Limits::min()), Limits::min()}, most);
  messages_.bind(5, id);
  read_page(messages_, most, page, read_member, [](const domain::MessageRecord& record) {
    return Place{record.content.timestamp, record.id.value()};
  });
  return page;
}

}  // namespace herald::store
