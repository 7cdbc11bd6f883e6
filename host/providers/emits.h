// The host's inbound extension for one instance of a plugin: takes what its carrier brings outside of webhooks, and
// tells it when that is on disk.
//
// The plugin is told on a thread of this object's own, never on the writer's: one that blocks there holds up only
// itself. Before the instance is stopped every emit is answered: close() waits for the commits that are under way, and
// answers those that do not come with HERALD_E_UNAVAILABLE.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include <herald/abi.h>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"
#include "providers/call_pool.h"
#include "providers/host_services.h"

namespace herald::providers {

// Any thread. A plugin's thread may call the table after the contract has ended, and a commit may come after close(),
// so the object is kept until the process ends (see kept.h) and must be made by std::make_shared.
class Emits {
 public:
  // Emits that may wait for their commit, or their answer, at once.
  static constexpr std::size_t kMaxWaiting = 1024;

  // `inbound` is not touched after close() or abandon().
  Emits(std::string provider, domain::InboundSink& inbound);
  Emits(const Emits&) = delete;
  Emits& operator=(const Emits&) = delete;

  // What the plugin asks for as HERALD_EXT_INBOUND; valid as long as this object.
  const herald_inbound* table() const { return &table_; }

  // By which it says what is wrong with what a plugin hands over. Before open.
  void speak_through(std::shared_ptr<HostServices> services);

  // From here on emits are taken.
  void open() HERALD_EXCLUDES(mutex_);

  // Takes no more; waits up to `timeout` for the commits under way and gives up those that do not come. True when every
  // emit has been answered and no thread of this object is in the plugin; no call into it follows.
  bool close(std::chrono::nanoseconds timeout) HERALD_EXCLUDES(mutex_);

  // The same for a plugin that must not be called any more: does not wait, and answers nothing.
  void abandon() HERALD_EXCLUDES(mutex_);

 private:
  enum class Phase : std::uint8_t { kNotYet, kOpen, kClosed };
  struct Emit {
    herald_emitted_fn done = nullptr;
    void* user = nullptr;
  };
  using Number = std::uint64_t;

  static std::int32_t emit(void* context, const herald_inbound_message* messages, std::uint32_t message_count,
                           const herald_receipt* receipts, std::uint32_t receipt_count, herald_emitted_fn done,
                           void* user) noexcept;
  std::int32_t refuse(const base::Error& error);
  std::int32_t enter(Emit emit, Number& number) HERALD_EXCLUDES(mutex_);
  void hand_over(Number number, domain::CarrierEvents events);
  void settled(Number number, const base::Status& status) HERALD_EXCLUDES(mutex_);
  void answer(Emit emit, std::int32_t result) HERALD_EXCLUDES(mutex_);
  void call(Emit emit, std::int32_t result) HERALD_EXCLUDES(mutex_);

  const std::string provider_;
  domain::InboundSink& inbound_;
  std::shared_ptr<HostServices> services_;  // set before open
  herald_inbound table_{};
  CallPool answers_;

  base::Mutex mutex_;
  base::Condition changed_;
  Phase phase_ HERALD_GUARDED_BY(mutex_) = Phase::kNotYet;
  bool silent_ HERALD_GUARDED_BY(mutex_) = false;                       // the plugin is not called any more
  std::unordered_map<Number, Emit> waiting_ HERALD_GUARDED_BY(mutex_);  // for their commit
  std::size_t answering_ HERALD_GUARDED_BY(mutex_) = 0;                 // committed, and their done has not returned
  std::size_t handing_ HERALD_GUARDED_BY(mutex_) = 0;                   // being handed to the sink at this moment
  Number last_ HERALD_GUARDED_BY(mutex_) = 0;
};

}  // namespace herald::providers
