// The host's side of herald.inbound/1 without a host.
#ifndef HERALD_TESTKIT_FAKE_INBOUND_H
#define HERALD_TESTKIT_FAKE_INBOUND_H

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include <herald/testkit/emitted.h>

namespace herald::testkit {

/// Records what a plugin emits by itself, and answers as it is told: at first everything is stored at once, inside the
/// call.
///
/// Threading: any thread. Source: herald_inbound in abi_inbound.h.
class FakeInbound {
 public:
  FakeInbound() {
    table_.struct_size = sizeof table_;
    table_.context = this;
    table_.emit = &emit;
  }
  FakeInbound(const FakeInbound&) = delete;
  FakeInbound& operator=(const FakeInbound&) = delete;
  ~FakeInbound() = default;

  /// What a plugin gets for HERALD_EXT_INBOUND; null while it is not offered.
  const herald_inbound* table() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return offered_ ? &table_ : nullptr;
  }

  /// Whether the plugin finds the extension; set it before create.
  void offer(bool offered) {
    const std::lock_guard<std::mutex> lock(mutex_);
    offered_ = offered;
  }

  /// What emit itself answers from here on: HERALD_OK, or the reason for which it takes nothing.
  void answer(std::int32_t result) {
    const std::lock_guard<std::mutex> lock(mutex_);
    answer_ = result;
  }

  /// From here on nothing is settled before `settle`, as while a commit runs.
  void hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_ = true;
  }

  /// Settles what is held, and everything from here on: HERALD_OK stores it, any other result does not.
  void settle(std::int32_t result) {
    std::vector<Waiting> due;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      held_ = false;
      result_ = result;
      due.swap(waiting_);
      for (Waiting& one : due)
        store(one.events);
    }
    for (const Waiting& one : due)
      one.call(result);
  }

  /// What is stored.
  EmittedEvents stored() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stored_;
  }

  /// How many calls of emit are held.
  std::size_t waiting() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Waiting {
    EmittedEvents events;
    herald_emitted_fn done;
    void* user;

    void call(std::int32_t result) const {
      if (done != nullptr) done(user, result);
    }
  };

  static std::int32_t emit(void* context, const herald_inbound_message* messages, std::uint32_t message_count,
                           const herald_receipt* receipts, std::uint32_t receipt_count, herald_emitted_fn done,
                           void* user) {
    const std::uint64_t count = std::uint64_t{message_count} + receipt_count;
    if (count > HERALD_EMIT_MAX) return HERALD_E_INVALID;
    Waiting one{{}, done, user};
    auto result = detail::take_all(messages, message_count, one.events.messages, &detail::take_message);
    if (result == HERALD_OK)
      result = detail::take_all(receipts, receipt_count, one.events.receipts, &detail::take_receipt);
    return result == HERALD_OK ? static_cast<FakeInbound*>(context)->take(std::move(one)) : result;
  }

  std::int32_t take(Waiting one) {
    std::int32_t result = HERALD_OK;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (answer_ != HERALD_OK) return answer_;
      if (held_) {
        waiting_.push_back(std::move(one));
        return HERALD_OK;
      }
      store(one.events);
      result = result_;
    }
    one.call(result);  // outside of the lock: it may emit again
    return HERALD_OK;
  }

  void store(EmittedEvents& events) {
    if (result_ != HERALD_OK) return;
    for (InboundMessage& message : events.messages)
      stored_.messages.push_back(std::move(message));
    for (Receipt& receipt : events.receipts)
      stored_.receipts.push_back(std::move(receipt));
  }

  herald_inbound table_ = {};
  mutable std::mutex mutex_;  // guards all below
  bool offered_ = true;
  bool held_ = false;
  std::int32_t answer_ = HERALD_OK;
  std::int32_t result_ = HERALD_OK;
  std::vector<Waiting> waiting_;
  EmittedEvents stored_;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_FAKE_INBOUND_H
