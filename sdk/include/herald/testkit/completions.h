// What a plugin under test completed.
#ifndef HERALD_TESTKIT_COMPLETIONS_H
#define HERALD_TESTKIT_COMPLETIONS_H

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <herald/abi.h>
#include <herald/message.h>
#include <herald/testkit/submission.h>

namespace herald::testkit {

/// One message's outcome, with copies of its texts.
struct Completed {
  std::uint64_t item = 0;  // as `PluginUnderTest::submit` gave it
  std::uint32_t code = 0;  // HERALD_OUTCOME_*
  std::uint32_t flags = 0;
  std::uint32_t segments = 0;
  std::uint64_t retry_after_ms = 0;
  std::string provider_message_id;
  std::string error_code;
  std::string encoding;
  std::chrono::nanoseconds after{0};        // between submit and completion
  std::chrono::nanoseconds to_deadline{0};  // negative when it came after the deadline
};

/// Records completions as the host takes them: once for each message that is out, everything else only counted.
///
/// Threading: any thread. Source: herald_completion in abi.h.
class Completions {
 public:
  Completions() {
    table_.struct_size = sizeof table_;
    table_.context = this;
    table_.complete = &complete;
  }
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;
  ~Completions() = default;

  /// What a plugin's submit takes.
  const herald_completion* table() const { return &table_; }

  /// Every completion so far, in the order in which they came.
  std::vector<Completed> all() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return completed_;
  }

  /// How many messages are submitted and not completed.
  std::size_t outstanding() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return outstanding_.size();
  }

  /// Calls that the host would have ignored: for an item that is not out, completed before, or after stop.
  std::size_t stray() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stray_;
  }

  /// Waits until `count` completions are there; false when they are not within that time.
  bool wait_for(std::size_t count, std::chrono::milliseconds within = std::chrono::seconds(10)) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return arrived_.wait_for(lock, within, [this, count] { return completed_.size() >= count; });
  }

  /// Notes a submitted message. `index` is its place in `submission`, which is kept until its last completion.
  void expect(std::uint64_t item, std::shared_ptr<detail::Submission> submission, std::size_t index) {
    const std::int64_t deadline_ns = submission->deadline_ns(index);
    const std::lock_guard<std::mutex> lock(mutex_);
    outstanding_.emplace(item, Out{std::move(submission), index, FakeHost::now_ns(), deadline_ns});
  }

  /// Takes back what a refused submit did not make the plugin's.
  void forget(std::uint64_t item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    outstanding_.erase(item);
  }

  /// From here on every completion is stray.
  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    outstanding_.clear();
  }

 private:
  struct Out {
    std::shared_ptr<detail::Submission> submission;
    std::size_t index;
    std::int64_t since_ns;
    std::int64_t deadline_ns;
  };

  static void complete(void* context, std::uint64_t item, const herald_outcome* outcome) {
    static_cast<Completions*>(context)->take(item, herald::detail::read_sized<herald_outcome>(outcome));
  }

  void take(std::uint64_t item, const herald_outcome& outcome) {
    using herald::detail::view;
    const std::int64_t now = FakeHost::now_ns();
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = outstanding_.find(item);
    if (found == outstanding_.end()) {
      ++stray_;
      return;
    }
    const Out& out = found->second;
    completed_.push_back({item, outcome.code, outcome.flags, outcome.segments, outcome.retry_after_ms,
                          std::string(view(outcome.provider_message_id)), std::string(view(outcome.error_code)),
                          std::string(view(outcome.encoding)), std::chrono::nanoseconds(now - out.since_ns),
                          std::chrono::nanoseconds(out.deadline_ns - now)});
    out.submission->release(out.index);
    outstanding_.erase(found);
    arrived_.notify_all();
  }

  herald_completion table_ = {};
  mutable std::mutex mutex_;  // guards all below
  mutable std::condition_variable arrived_;
  std::map<std::uint64_t, Out> outstanding_;
  std::vector<Completed> completed_;
  std::size_t stray_ = 0;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_COMPLETIONS_H
