// Messages that a provider has taken and not yet completed.
#ifndef HERALD_PENDING_H
#define HERALD_PENDING_H

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <herald/host.h>
#include <herald/message.h>
#include <herald/outcome.h>

namespace herald {

namespace detail {

// What all messages of one instance pass on their way back: it counts those that are out, and is shut for good when the
// instance stops, because the host's completion must not be called from then on. Any thread.
class CompletionGate {
 public:
  void take() noexcept { outstanding_.fetch_add(1, std::memory_order_relaxed); }

  // Hands the outcome to the host, unless the gate is shut; false then.
  bool complete(const herald_completion* to, std::uint64_t item, const herald_outcome& outcome) noexcept {
    const bool entered = (calls_.fetch_add(1, std::memory_order_acq_rel) & kShut) == 0;
    if (entered) to->complete(to->context, item, &outcome);
    calls_.fetch_sub(1, std::memory_order_acq_rel);
    give_back();
    return entered;
  }

  void give_back() noexcept {
    if (outstanding_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.notify_all();
  }

  // Afterwards no call into the host is running, and none begins.
  void shut() noexcept {
    calls_.fetch_or(kShut, std::memory_order_acq_rel);
    while ((calls_.load(std::memory_order_acquire) & ~kShut) != 0)
      std::this_thread::yield();
  }

  // Waits until nothing is out; false when the host's clock reaches `deadline` before.
  bool wait_until_idle(const Host& host, TimePoint deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (outstanding() != 0) {
      const auto left = deadline - host.now();
      if (left <= TimePoint::duration::zero()) return false;
      // In steps, because a deadline far away would overflow inside the standard library.
      idle_.wait_for(lock, std::min<TimePoint::duration>(left, std::chrono::seconds(1)));
    }
    return true;
  }

  std::uint64_t outstanding() const noexcept { return outstanding_.load(std::memory_order_acquire); }

 private:
  static constexpr std::uint64_t kShut = std::uint64_t{1} << 63;

  std::atomic<std::uint64_t> calls_{0};  // that are inside the host's completion now, and kShut
  std::atomic<std::uint64_t> outstanding_{0};
  std::mutex mutex_;  // guards nothing but the wait: outstanding_ is atomic
  std::condition_variable idle_;
};

}  // namespace detail

/// One message that is the provider's to complete, exactly once.
///
/// Move-only: whoever holds it holds the duty. One that is destroyed uncompleted completes itself as an error
/// "dropped" ("exception" while one unwinds the stack), so no message is forgotten. Threading: one thread at a time,
/// any thread; different ones from different threads at once. Lifetime: it may outlive `stop`, and then completes
/// nothing. Source: herald_completion in abi.h.
class Pending {
 public:
  Pending(Pending&& other) noexcept
      : gate_(std::move(other.gate_)), completion_(other.completion_), message_(other.message_) {
    other.message_ = Message();
  }
  Pending& operator=(Pending&& other) noexcept {
    if (this != &other) {
      drop();
      gate_ = std::move(other.gate_);
      completion_ = other.completion_;
      message_ = std::exchange(other.message_, Message());
    }
    return *this;
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { drop(); }

  /// The message; empty after completion or a move. Copies of it, and texts taken from it, are invalid from completion
  /// on.
  const Message& message() const noexcept { return message_; }

  /// Tells the host what became of the message. False, and without effect, when this handle was completed, abandoned or
  /// moved from before, or the provider has stopped. Never blocks: the host settles the outcome on a thread of its own.
  bool complete(const Outcome& outcome) noexcept {
    if (gate_ == nullptr) return false;
    return finish(outcome.raw());
  }

  /// Gives the message up without an outcome, so that the host decides by its own policy for uncertain calls. Only for
  /// `stop`: before it, the message would stay in flight until its deadline.
  void abandon() noexcept {
    if (gate_ == nullptr) return;
    message_ = Message();
    std::exchange(gate_, nullptr)->give_back();
  }

 private:
  friend class Batch;

  Pending(std::shared_ptr<detail::CompletionGate> gate, const herald_completion* completion,
          const herald_message* raw) noexcept
      : gate_(std::move(gate)), completion_(completion), message_(raw) {
    gate_->take();
  }

  bool finish(const herald_outcome& raw) noexcept {
    const auto gate = std::exchange(gate_, nullptr);
    const auto item = message_.raw_.item;
    message_ = Message();
    return gate->complete(completion_, item, raw);
  }

  // Without an Outcome, whose texts would need memory in a destructor that may run because there is none.
  void drop() noexcept {
    if (gate_ == nullptr) return;
    herald_outcome raw = {};
    raw.struct_size = sizeof raw;
    raw.code = HERALD_OUTCOME_ERROR;
    raw.error_code = detail::as_str(std::uncaught_exceptions() > 0 ? "exception" : "dropped");
    finish(raw);
  }

  std::shared_ptr<detail::CompletionGate> gate_;  // null: nothing left to complete
  const herald_completion* completion_;           // valid until the gate is shut
  Message message_;
};

/// The messages of one submit; what is not moved out of it completes itself as an error when it is destroyed.
///
/// Threading: one thread at a time. Source: herald_batch in abi.h.
class Batch {
 public:
  /// A batch over what the host handed over; throws std::bad_alloc, and then holds nothing. Called by the SDK alone.
  Batch(const std::shared_ptr<detail::CompletionGate>& gate, const herald_batch* raw,
        const herald_completion* completion) {
    pending_.reserve(raw->count);
    for (std::uint32_t index = 0; index < raw->count; ++index)
      pending_.push_back(Pending(gate, completion, herald_batch_at(raw, index)));
  }
  Batch(Batch&&) noexcept = default;
  Batch& operator=(Batch&&) noexcept = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() = default;

  /// How many messages there are, 1 to the provider's `max_batch`.
  std::size_t size() const noexcept { return pending_.size(); }

  /// The messages in the host's order; move out of the loop what completes later.
  std::vector<Pending>::iterator begin() noexcept { return pending_.begin(); }
  std::vector<Pending>::iterator end() noexcept { return pending_.end(); }

 private:
  std::vector<Pending> pending_;
};

}  // namespace herald

#endif  // HERALD_PENDING_H
