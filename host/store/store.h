// The store's contract: what is written, by whom, and what a reader sees. SQLite implements it for one host.
//
// Writing. Everything that changes is a Command. One thread, the writer's, applies commands in batches: one
// transaction, one commit, then every command's `done` with its result. A command's `done` is called exactly once, on
// the writer's thread, after the commit is durable (or has failed); it must not block and must not call the store.
//
// Reading. A Reader is safe from any thread and sees every commit that completed before the call began.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/conversation.h"
#include "domain/inbound.h"
#include "domain/message.h"
#include "domain/request_key.h"

namespace herald::store {

// Takes an outbound message. kExhausted when the queue is at its bound, kUnavailable when the disk refuses,
// and under a key that was looked up before the store recovered.
struct Accept {
  domain::NewMessage message;
  std::optional<domain::RequestKey> key;  // stored with the message, in the same transaction
  std::function<void(base::Result<domain::MessageId>)> done;
  std::uint64_t recoveries = 0;  // Reader::recoveries() before the key was looked up
};

// A message whose time-to-live has passed, with what tells of it.
struct ExpiredMessage {
  domain::MessageId id;
  std::string provider;
  std::string request_id;
};

struct Claimed {
  std::vector<domain::ClaimedMessage> messages;  // in order of due time, then id; marked dispatching
  std::vector<ExpiredMessage> expired;           // were due, but too late; settled as expired
  std::optional<base::WallTime> next_due;        // of what remains in these channels; nothing when nothing waits
};

// Marks up to `limit` due messages of one provider as dispatching, durably, and hands them out. Expires on the way
// those whose time has passed. Those of other channels go on waiting.
struct Claim {
  std::string provider;
  std::size_t limit = 0;
  base::WallTime now;
  std::function<void(base::Result<Claimed>)> done;
  domain::ChannelSet channels = domain::ChannelSet::all();
};

// What one finished attempt changes.
struct Settlement {
  domain::MessageId id;
  domain::Attempt attempt;
  domain::Status status = domain::Status::kDispatched;  // dispatched, failed, expired, or pending for a retry
  std::optional<base::WallTime> retry_at;               // set when status is pending
  std::string error_code;                               // of a failure
  bool receipts = false;  // the provider sends receipts: its id for the message is kept to be found by, and a receipt
                          // that came before is applied
};

// Records attempts and moves their messages on. A message that is not dispatching is left as it is (and counted).
struct Settle {
  std::vector<Settlement> items;
  std::function<void(base::Status)> done;
};

// Puts claimed messages back as pending without an attempt: what a lane holds and did not submit.
struct Release {
  std::vector<domain::MessageId> ids;
  std::function<void(base::Status)> done;
};

// Expires those of `ids` that still are pending and whose time-to-live has passed at `now`; answers which.
struct Expire {
  std::vector<domain::MessageId> ids;
  base::WallTime now;
  std::function<void(base::Result<std::vector<ExpiredMessage>>)> done;
};

struct Received {
  struct Message {
    domain::MessageId id;
    bool duplicate = false;  // it had been stored before; `id` is the first one's
  };
  std::vector<Message> messages;  // one for each of the command's, in order
  // Of the receipts: those that moved a message, those that wait for their message to settle, and those that said
  // nothing new or came for a message that is not dispatched.
  std::size_t applied = 0;
  std::size_t parked = 0;
  std::size_t ignored = 0;
};

// Stores what a carrier brought, all of it in one transaction. A message is known by its source and its provider's id.
// Of a key as with Accept.
struct Receive {
  std::string source;    // who tells the provider's message ids apart: "mock", "webhook/sms", "provider/<name>"
  std::string provider;  // of the messages and receipts; empty: none that the host knows
  std::vector<domain::NewInbound> messages;
  std::vector<domain::Receipt> receipts;
  std::optional<domain::RequestKey> key;  // of the first message
  std::function<void(base::Result<Received>)> done;
  std::uint64_t recoveries = 0;  // Reader::recoveries() before the key was looked up
};

// Takes a pending message out of the queue for good. kNotFound; kConflict for one that is not pending.
struct Cancel {
  domain::MessageId id;
  std::function<void(base::Status)> done;
};

// Puts a failed or expired message back into its provider's queue, due at once, with its whole time-to-live and a fresh
// budget of attempts; the numbers of its attempts go on. kNotFound; kConflict for one in another state; kExhausted at
// the queue's bound.
struct Retry {
  domain::MessageId id;
  std::function<void(base::Status)> done;
};

struct Retried {
  std::size_t count = 0;
  std::optional<domain::MessageId> next;  // the `after` to go on with; nothing at the end
};

// Which dead letters; an empty field narrows nothing.
struct DeadLetters {
  domain::Status status = domain::Status::kFailed;  // or kExpired
  std::string provider;
  std::string error_code;  // as a record of them has it
};

// The same for all of these, behind `after` in the order of ids; a bounded number of them is looked at for each
// command, so that `count` may be 0 before the end. A sweep from MessageId{} on retries no message twice. At the
// queue's bound it stops with what it has done and where to go on, or with kExhausted when not even one fits. kInvalid
// for a status that cannot be retried.
struct RetryMany {
  DeadLetters which;
  domain::MessageId after;
  std::function<void(base::Result<Retried>)> done;
};

// Keeps a small setting under its name, in place of what it was.
struct Keep {
  std::string key;
  std::string value;
  std::function<void(base::Status)> done;
};

using Command = std::variant<Accept, Claim, Settle, Release, Expire, Receive, Cancel, Retry, RetryMany, Keep>;

// Counts that tell the state of a provider's queue.
struct QueueDepth {
  std::string provider;
  std::uint64_t waiting = 0;
  std::uint64_t dispatching = 0;
  domain::PerChannel<std::uint64_t> waiting_in{};  // of those waiting

  bool waiting_in_any(domain::ChannelSet channels) const {
    for (const auto channel : domain::kChannels) {
      if (channels.contains(channel) && waiting_in[channel] > 0) return true;
    }
    return false;
  }
};

// The request that a key was used for.
struct KeyUse {
  domain::Digest request{};
  domain::MessageId id;
};

// What a listing is narrowed to; an empty field narrows nothing.
struct MessageFilter {
  std::optional<domain::Status> status;
  std::optional<domain::Channel> channel;
  std::optional<domain::Direction> direction;
  std::optional<std::string> provider;
  std::vector<std::string> from;  // any of these forms
  std::vector<std::string> to;
  std::optional<std::string> error_code;  // only beside the status kFailed; ignored otherwise
};

// A place in a conversation, or in the list of them: what stands behind it comes next.
struct Place {
  base::WallTime at;
  std::int64_t id = 0;
};

// Where a page begins: behind a place, or after this many items.
struct PageStart {
  std::optional<Place> behind;
  std::uint64_t skip = 0;  // without `behind`
};

template <typename Item>
struct Page {
  std::vector<Item> items;
  std::uint64_t total = 0;    // of the whole list
  std::optional<Place> next;  // nothing at the end
};

// Any thread.
class Reader {
 public:
  virtual ~Reader() = default;
  // kNotFound when there is no such message.
  virtual base::Result<domain::MessageRecord> find(domain::MessageId id) const = 0;
  virtual base::Result<std::vector<QueueDepth>> queue_depths() const = 0;
  // Pending messages whose time-to-live has passed at `now`; at most `limit` pending ones are looked at a call. `next`
  // is what to pass as `after` to go on; nothing at the end. The order is the store's own. MessageId{}, or a message
  // that is gone, starts a sweep; one that runs while messages move may miss some, which the next one finds.
  struct ExpiredPage {
    std::vector<domain::MessageId> ids;
    std::optional<domain::MessageId> next;
  };
  virtual base::Result<ExpiredPage> expired(domain::MessageId after, base::WallTime now, std::size_t limit) const = 0;

  // What a key was used for at `not_before` or later; the newest of its uses. One older than Options::idempotency_ttl
  // may be gone.
  virtual base::Result<std::optional<KeyUse>> find_key(const domain::Digest& key, base::WallTime not_before) const = 0;
  // How often the store has recovered from a failed commit. Such a commit may have been durable: a key that was not
  // found counts as unused only as long as this stays what it was before the look-up.
  virtual std::uint64_t recoveries() const = 0;

  // Newest first; those older than `before`, without their attempts. A page that looked at as many messages as it may
  // ends early: it can be shorter than `limit`, or empty, and still have a `next`.
  struct MessagePage {
    std::vector<domain::MessageRecord> items;
    std::optional<domain::MessageId> next;  // the `before` of the next page
  };
  virtual base::Result<MessagePage> messages(const MessageFilter& filter, std::optional<domain::MessageId> before,
                                             std::size_t limit) const = 0;

  // By their last activity, newest first, then by id, greatest first.
  virtual base::Result<Page<domain::Conversation>> conversations(const PageStart& start, std::size_t limit) const = 0;
  // kNotFound when there is no such conversation.
  virtual base::Result<domain::Conversation> conversation(domain::ConversationId id) const = 0;
  // By timestamp, oldest first, then by id; without their attempts. kNotFound as above.
  virtual base::Result<Page<domain::MessageRecord>> conversation_messages(domain::ConversationId id,
                                                                          const PageStart& start,
                                                                          std::size_t limit) const = 0;

  // Every setting that was kept.
  virtual base::Result<std::map<std::string, std::string>> kept() const = 0;
};

// Writer's thread only.
class Store {
 public:
  virtual ~Store() = default;
  // Applies all in one transaction, commits, and calls every `done`. A command that is refused by its own rules (queue
  // bound) fails alone. When the commit fails, every command of the batch fails with kUnavailable, and the store is
  // closed: the caller calls recover() until it succeeds. Consumes the batch.
  virtual base::Status apply(std::span<Command> batch) = 0;
  // Opens the database anew after a failed commit; proves with a full checkpoint that the disk takes writes again.
  virtual base::Status recover() = 0;
  // Bounded pieces of background work: a checkpoint when the log has grown, a step of sorting keys or of removing old
  // ones. Called between batches. Its failures are logged and lose nothing.
  virtual void maintain() = 0;
};

// What the writer tells those who wait for work: after a commit, once per provider that got new due work.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // Writer's thread; must not block.
  virtual void work_available(const std::string& provider) = 0;
};

}  // namespace herald::store
