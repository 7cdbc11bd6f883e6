// Takes messages out of every table that knows them. Internal to the store room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/conversation.h"
#include "store/statement.h"

namespace herald::store {

class ConversationBook;

// What leads from a message to the rows that follow it.
struct RemovableMessage {
  domain::MessageId id;
  domain::Channel channel = domain::Channel::kSms;
  std::int64_t timestamp = 0;  // milliseconds since the Unix epoch
  std::string normalized_sender;
  std::string normalized_recipient;
};

// The writer's thread only; lives no longer than its database and the book. Functions throw SqliteError; what writes is
// called within a transaction.
//
// A conversation counts the messages that it still has, and goes with the last of them. The carrier's id of an inbound
// message stays behind: a carrier that brings the message again is told that it was there.
class MessageRemoval {
 public:
  MessageRemoval(Database& database, ConversationBook& book);

  // Of a transaction: drops what one that failed has gathered.
  void begin();
  // The counters of its conversation follow with save().
  void remove(const RemovableMessage& message);
  // Before the commit.
  void save();

  // Removes up to `most` ids of carriers, of messages below `before` that have been removed; answers how many.
  std::int64_t forget_carrier_ids(domain::MessageId before, std::int64_t most);

 private:
  // A conversation that loses messages in the open transaction.
  struct Touched {
    std::string key;
    std::int64_t last_before = 0;  // the timestamp under which its counters stand
    std::int64_t removed = 0;
  };

  void forget_sent(std::int64_t message);
  void leave_conversation(const RemovableMessage& message);
  std::optional<domain::ConversationId> find(const std::string& key);
  std::optional<std::int64_t> find_last(domain::ConversationId conversation);
  void remove_conversation(domain::ConversationId conversation, const Touched& touched);

  ConversationBook& book_;
  std::map<domain::ConversationId, Touched> touched_;
  std::int64_t last_message_ = 0;  // the greatest id removed in the open transaction

  Statement delete_message_;
  Statement delete_delivery_;
  Statement select_sent_;
  Statement delete_sent_;
  Statement delete_attempts_;
  Statement delete_membership_;
  Statement select_conversation_;
  Statement select_last_;
  Statement update_activity_;
  Statement delete_activity_;
  Statement delete_conversation_;
  Statement note_conversation_;
  Statement note_message_;
  Statement delete_carrier_ids_;
};

}  // namespace herald::store
