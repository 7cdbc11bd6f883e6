// What a lane has to tell the store, kept until the store has it: the provider is never called again because a commit
// failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "delivery/inbox.h"
#include "store/writer.h"

namespace herald::delivery {

// A finished attempt, with what its log line needs beside the settlement.
struct Finished {
  store::Settlement settlement;
  std::string request_id;
  domain::Channel channel = domain::Channel::kSms;
  std::chrono::nanoseconds took{0};  // finer than what is stored
};

// The lane's thread only; the store's answers come through the inbox.
class Outbox {
 public:
  // How long a failed commit rests before it is tried again.
  static constexpr std::chrono::milliseconds kRetryPause{200};

  struct Batch {
    std::vector<Finished> finished;
    std::vector<domain::MessageId> released;
    std::vector<domain::MessageId> overdue;      // to be expired
    std::vector<store::ExpiredMessage> expired;  // of those, what the store did expire
    bool again = false;                          // holds what an earlier commit failed with

    bool empty() const { return finished.empty() && released.empty() && overdue.empty(); }
    std::size_t size() const { return finished.size() + released.size() + overdue.size(); }
  };

  Outbox(store::Writer& writer, std::shared_ptr<Inbox> inbox);

  void settle(Finished finished);
  // Back to pending, no attempt spent.
  void release(domain::MessageId id);
  // The same for a message whose time is over; the store then expires it at once.
  void release_expired(domain::MessageId id);

  // Submits what has gathered, as one Settle and one Release at most, and what failed before when its pause is over.
  // What failed goes out only while no claim is under way: a claim that overtook it could be settled by the wrong
  // attempt. True when something was submitted.
  bool flush(base::MonoTime now, base::WallTime wall);

  // Takes the store's answer. What it committed comes back; what a failed commit held is kept for a later flush. What
  // the store refuses as invalid would be refused for ever: it is dropped, and the caller says so.
  Batch acknowledge(Inbox::Ack ack, base::MonoTime now);

  // For a message that was claimed again although its settlement seemed to fail: the commit was durable after all.
  void forget_failed(domain::MessageId id);

  // A commit failed and was not made good yet.
  bool holds_failed() const { return !failed_.empty() || again_under_way_ > 0; }
  std::optional<base::MonoTime> next_retry() const;
  // Messages that the store does not know the end of yet.
  std::size_t size() const;

 private:
  void submit_settle(std::vector<store::Command>& commands, bool again);
  void submit_release(std::vector<store::Command>& commands, bool again);
  void submit_expire(std::vector<store::Command>& commands, base::WallTime wall);
  std::uint64_t track(Batch batch);

  store::Writer& writer_;
  const std::shared_ptr<Inbox> inbox_;
  std::uint64_t last_serial_ = 0;
  Batch gathered_;
  Batch failed_;
  base::MonoTime retry_at_;
  std::size_t again_under_way_ = 0;  // of `submitted_`, those that hold what failed before
  std::map<std::uint64_t, Batch> submitted_;
};

}  // namespace herald::delivery
