// The entry point of the SDK: include this, derive from Provider or AsyncProvider, and end the file with HERALD_PLUGIN.
//
// Header-only, C++17 or later, nothing beyond the standard library. sdk/README.md is the manual, sdk/template the
// smallest plugin, abi.h the contract that all this stands on.
#ifndef HERALD_PROVIDER_H
#define HERALD_PROVIDER_H

#if __cplusplus < 201703L
#error "Herald's SDK needs C++17: compile with -std=c++17 or later"
#endif

#include <exception>
#include <string>
#include <utility>

#include <herald/faults.h>
#include <herald/form.h>
#include <herald/host.h>
#include <herald/inbound.h>
#include <herald/message.h>
#include <herald/outcome.h>
#include <herald/pending.h>
#include <herald/provider_base.h>
#include <herald/status.h>
#include <herald/traits.h>
#include <herald/webhook.h>

namespace herald {

/// A provider that sends one message at a time and returns when it knows the outcome.
///
/// The host calls `send` from `kTraits.width()` threads of its own at once, so a slow call holds up no other provider,
/// and no more than one in `width` of its own. Source: HERALD_THREADS_BLOCKING in abi.h.
class Provider : public ProviderBase {
 public:
  /// What the plugin declares of itself; hide it with a kTraits of your own.
  static constexpr Traits kTraits{};
  static constexpr std::uint32_t kThreadModel = HERALD_THREADS_BLOCKING;

  /// Sends one message and says what became of it; may block, but not past `message.deadline()`, after which the host
  /// has taken the attempt for a timeout. An exception becomes the outcome error "exception", and is logged. Threading:
  /// called from `width` threads at once; guard what they share. Lifetime: `message` is valid until it returns.
  virtual Outcome send(const Message& message) = 0;

 private:
  void dispatch(Batch batch) final {
    for (Pending& pending : batch) {
      try {
        pending.complete(send(pending.message()));
      } catch (const std::exception& fault) {
        fail(pending, fault.what());
      } catch (...) {
        fail(pending, "an exception that is no std::exception");
      }
    }
  }

  void fail(Pending& pending, const char* what) {
    pending.complete(Outcome::error("exception"));
    host().error(std::string("send threw: ") + what);
  }
};

/// A provider that takes messages in batches and completes each whenever it likes.
///
/// For carriers with bulk calls, pipelined connections or event loops of their own. At most `kTraits.max_in_flight()`
/// messages are out at once. Source: HERALD_THREADS_ASYNC in abi.h.
class AsyncProvider : public ProviderBase {
 public:
  /// What the plugin declares of itself; hide it with a kTraits of your own.
  static constexpr Traits kTraits{};
  static constexpr std::uint32_t kThreadModel = HERALD_THREADS_ASYNC;

  /// Takes a batch: every `Pending` in it is completed once, here or later, from any thread, by its message's deadline.
  /// Must not block. An exception completes what was not moved out as error "exception", and is logged. Threading: one
  /// thread at a time.
  virtual void submit(Batch batch) = 0;

 private:
  void dispatch(Batch batch) final { submit(std::move(batch)); }
};

}  // namespace herald

#include <herald/plugin.h>

#endif  // HERALD_PROVIDER_H
