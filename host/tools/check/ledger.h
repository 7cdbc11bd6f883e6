// What a plugin under test completes, counted as it comes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include <herald/abi.h>

#include "base/mutex.h"

namespace herald::tools::check {

// The host's side of herald_completion for one instance. Judges nothing: each test judges what it is about. Any thread.
//
// A ledger lives until the process ends, because a plugin that breaks its promises may come back to it at any time.
class Ledger {
 public:
  // Sees each first completion of a message that is out, before its memory is taken back. `outcome` as the plugin gave
  // it: it may be NULL or rubbish. Under the ledger's lock; on whatever thread the plugin completes from.
  using Inspect = std::function<void(const herald_outcome*)>;
  using TakeBack = std::function<void()>;

  static Ledger& open(Inspect inspect = {});
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // What submit takes.
  const herald_completion& table() const { return table_; }

  // Notes a message that is about to be submitted; `take_back` is called once, when it is first completed.
  void expect(std::uint64_t item, TakeBack take_back = {});
  // submit has refused the message: it is not the plugin's, and should never be completed.
  void refuse(std::uint64_t item);
  // A number for the next message: like the host's own handles, none can be guessed from another.
  static std::uint64_t next_item();
  // stop has returned: what comes from here on is late.
  void close();

  // True when every expected message is completed, which is waited for.
  bool wait_for_all(std::chrono::milliseconds within);
  // True as soon as something is completed after close().
  bool wait_for_late(std::chrono::milliseconds within);

  std::size_t expected() const;   // messages, without those that were refused
  std::size_t completed() const;  // messages, each counted once
  std::size_t outstanding() const;
  std::size_t repeated() const;  // completions of what was completed before
  std::size_t unknown() const;   // completions of items that no ledger has given out
  std::size_t crossed() const;   // completions of another ledger's items
  std::size_t refused() const;   // completions of messages that submit had refused
  // Completions whose context was none of any ledger's.
  static std::size_t without_context();

 private:
  explicit Ledger(Inspect inspect);
  static void complete(void* context, std::uint64_t item, const herald_outcome* outcome) noexcept;
  void take(std::uint64_t item, const herald_outcome* outcome);

  struct Entry {
    TakeBack take_back;
    std::size_t times = 0;
    bool refused = false;
  };

  herald_completion table_{};
  const Inspect inspect_;
  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::map<std::uint64_t, Entry> entries_ HERALD_GUARDED_BY(mutex_);
  std::size_t expected_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t completed_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t repeated_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t unknown_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t crossed_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t refused_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t late_ HERALD_GUARDED_BY(mutex_) = 0;
  bool closed_ HERALD_GUARDED_BY(mutex_) = false;
};

}  // namespace herald::tools::check
