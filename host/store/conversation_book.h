// Which conversation each message of the open transaction joins. Internal to the store room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "domain/conversation.h"
#include "store/statement.h"

namespace herald::store {

// Gathers the messages of a batch, so that a conversation's counters are written once for all of them. The writer's
// thread only; lives no longer than its database, and no longer than the session of one: what it knows belongs to the
// open transaction and dies with it when a commit fails. Functions throw SqliteError.
class ConversationBook {
 public:
  // About 10 MB of keys a generation.
  static constexpr std::size_t kKnownOfAGeneration = 100'000;

  // Continues above the greatest id that was ever given.
  explicit ConversationBook(Database& database, std::size_t known_of_a_generation = kKnownOfAGeneration);

  // The conversation of these two addresses is made at its first message. The message is seen in it after save().
  void join(domain::Channel channel, std::string_view normalized_from, std::string_view normalized_to,
            base::WallTime timestamp, domain::MessageId message);

  // Writes what has gathered; part of the transaction.
  void save();

  // The conversation of this key is being removed: the next message of its addresses makes another one.
  void forget(const std::string& key);

 private:
  struct Membership {
    domain::ConversationId conversation = 0;
    std::int64_t timestamp = 0;  // milliseconds since the Unix epoch
    std::int64_t message = 0;
  };
  // With the library's own hash, which it keeps beside each key: with another it hashes a key anew at every look.
  using KnownIds = std::unordered_map<std::string, domain::ConversationId>;

  domain::ConversationId find_or_make(domain::Channel channel, std::string_view one, std::string_view other);
  std::optional<domain::ConversationId> find_known(const std::string& key);
  std::optional<domain::ConversationId> find_stored(std::string_view key);
  // Nothing when the key stands in the store.
  std::optional<domain::ConversationId> make(std::string_view key, domain::Channel channel, std::string_view one,
                                             std::string_view other);
  std::optional<std::int64_t> find_last(domain::ConversationId conversation);
  void write_activity(domain::ConversationId conversation, std::optional<std::int64_t> last_before, std::int64_t latest,
                      std::int64_t count);
  void remember(std::string key, domain::ConversationId id);

  Statement select_id_;
  Statement insert_conversation_;
  Statement insert_membership_;
  Statement select_last_;
  Statement insert_activity_;
  Statement update_activity_;

  const std::size_t known_of_a_generation_;
  domain::ConversationId last_id_ = 0;
  domain::ConversationId last_saved_ = 0;  // those above it are of the open transaction and have no messages yet
  bool strangers_are_new_ = false;         // whether the last one that was not known did not stand in the store either
  std::vector<Membership> gathered_;
  // Ids by key, in two generations: when the newer is full, the older is forgotten. What is in use stays in one of
  // them, and neither grows beyond its bound.
  KnownIds newer_;
  KnownIds older_;
};

}  // namespace herald::store
