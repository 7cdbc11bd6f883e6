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
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/message.h"

namespace herald::store {

// Takes an outbound message. kExhausted when the queue is at its bound, kUnavailable when the disk refuses.
struct Accept {
  domain::NewMessage message;
  std::function<void(base::Result<domain::MessageId>)> done;
};

struct Claimed {
  std::vector<domain::ClaimedMessage> messages;  // in order of due time, then id; marked dispatching
  std::vector<domain::MessageId> expired;        // were due, but their time-to-live had passed; settled as expired
  std::optional<base::WallTime> next_due;        // of what remains for this provider; nothing when nothing waits
};

// Marks up to `limit` due messages of one provider as dispatching, durably, and hands them out. Expires on the way
// those whose time has passed.
struct Claim {
  std::string provider;
  std::size_t limit = 0;
  base::WallTime now;
  std::function<void(base::Result<Claimed>)> done;
};

// What one finished attempt changes.
struct Settlement {
  domain::MessageId id;
  domain::Attempt attempt;
  domain::Status status = domain::Status::kDispatched;  // dispatched, failed, expired, or pending for a retry
  std::optional<base::WallTime> retry_at;               // set when status is pending
  std::string error_code;                               // of a failure
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

// Expires those of `ids` that still are pending and whose time-to-live has passed at `now`; answers how many.
struct Expire {
  std::vector<domain::MessageId> ids;
  base::WallTime now;
  std::function<void(base::Result<std::size_t>)> done;
};

using Command = std::variant<Accept, Claim, Settle, Release, Expire>;

// Counts that tell the state of a provider's queue.
struct QueueDepth {
  std::string provider;
  std::uint64_t waiting = 0;
  std::uint64_t dispatching = 0;
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
  // One bounded piece of background work (a passive checkpoint when the log has grown). Called between batches.
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
