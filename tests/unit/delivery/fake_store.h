// A store in memory, for tests of the room that uses one: the rules of store.h without a disk. Its disk can be broken.
// What this room never asks of a store is not there: asking for it throws.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/mutex.h"
#include "store/store.h"

namespace herald::delivery {

struct FakeRow {
  domain::NewMessage message;
  domain::Status status = domain::Status::kPending;
  base::WallTime due;
  std::string error_code;
  std::uint64_t ordinal = 0;
  std::vector<domain::Attempt> attempts;
  std::uint32_t spent = 0;
  bool receipts = false;  // as the last settlement said
};

struct FakeCounts {
  std::size_t claims = 0;
  std::size_t claimed = 0;
  std::size_t settles = 0;
  std::size_t settled = 0;
  std::size_t released = 0;
  std::size_t not_dispatching = 0;  // settlements that found their message in another state
};

// apply() and recover() on the writer's thread, all else from any.
class FakeStore final : public store::Store, public store::Reader {
 public:
  base::Status apply(std::span<store::Command> batch) override;
  base::Status recover() override;
  void maintain() override {}

  base::Result<domain::MessageRecord> find(domain::MessageId id) const override;
  base::Result<std::vector<store::QueueDepth>> queue_depths() const override;
  base::Result<ExpiredPage> expired(domain::MessageId after, base::WallTime now, std::size_t limit) const override;
  base::Result<std::optional<store::KeyUse>> find_key(const domain::Digest& key,
                                                      base::WallTime not_before) const override;
  std::uint64_t recoveries() const override { return 0; }
  base::Result<MessagePage> messages(const store::MessageFilter& filter, std::optional<domain::MessageId> before,
                                     std::size_t limit) const override;
  base::Result<store::Page<domain::Conversation>> conversations(const store::PageStart& start,
                                                                std::size_t limit) const override;
  base::Result<domain::Conversation> conversation(domain::ConversationId id) const override;
  base::Result<store::Page<domain::MessageRecord>> conversation_messages(domain::ConversationId id,
                                                                         const store::PageStart& start,
                                                                         std::size_t limit) const override;
  base::Result<std::map<std::string, std::string>> kept() const override;

  void set_listener(store::CommitListener& listener) { listener_ = &listener; }
  void break_disk() { set_disk(false, false); }
  // Commits are durable, but are reported as failed: an fsync's error came too late.
  void break_answers() { set_disk(false, true); }
  void mend_disk() { set_disk(true, false); }
  // Called within each look for the expired, which is a step of the dispatcher's. Set on its thread.
  void on_sweep(std::function<void()> called) { on_sweep_ = std::move(called); }
  // From here on every Settle is refused for its own sake.
  void refuse_settlements();

  FakeRow row(domain::MessageId id) const;
  FakeCounts counts() const;
  std::size_t count(domain::Status status) const;

 private:
  using Done = std::function<void()>;

  void set_disk(bool works, bool silently_durable);
  Done handle(store::Accept& command) HERALD_REQUIRES(mutex_);
  Done handle(store::Claim& command) HERALD_REQUIRES(mutex_);
  Done handle(store::Settle& command) HERALD_REQUIRES(mutex_);
  Done handle(store::Release& command) HERALD_REQUIRES(mutex_);
  Done handle(store::Expire& command) HERALD_REQUIRES(mutex_);
  // Due at once, within the time-to-live that it has: this store has no clock.
  Done handle(store::Retry& command) HERALD_REQUIRES(mutex_);
  template <typename Other>
  Done handle(Other& command);

  store::CommitListener* listener_ = nullptr;
  std::function<void()> on_sweep_;

  mutable base::Mutex mutex_;
  std::map<domain::MessageId, FakeRow> rows_ HERALD_GUARDED_BY(mutex_);
  std::vector<std::string> due_for_ HERALD_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> ordinals_ HERALD_GUARDED_BY(mutex_);
  base::IdSource ids_ HERALD_GUARDED_BY(mutex_);
  FakeCounts counts_ HERALD_GUARDED_BY(mutex_);
  bool works_ HERALD_GUARDED_BY(mutex_) = true;
  bool silently_durable_ HERALD_GUARDED_BY(mutex_) = false;
  bool refuses_settlements_ HERALD_GUARDED_BY(mutex_) = false;
};

}  // namespace herald::delivery
