// The outcomes of a mock provider: which dispatch fails, and how.
#ifndef HERALD_TESTKIT_OUTCOME_SEQUENCE_H
#define HERALD_TESTKIT_OUTCOME_SEQUENCE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include <herald/faults.h>

namespace herald::testkit {

/// What a mock does with one dispatch.
enum class MockOutcome { kSuccess, kTimeout, kError, kRateLimited };

/// Decides every dispatch's outcome from (seed, position, attempt) and nothing else, so that batches, threads and
/// retries do not shift it. A start of the host sets it, as a PUT does: the positions begin anew.
///
/// A message's position is its ordinal, counted from the first message that came at its first attempt after `set`.
/// Messages that are older than that one (retries from before) have outcomes of their own and shift nothing. Every
/// hundred positions in a row hold each outcome exactly as often, at each attempt, as its percentage says; the seed
/// decides their order within the hundred. So shares are right from the first hundred dispatches on. Threading: any
/// thread.
class OutcomeSequence {
 public:
  /// Starts anew with a profile, whose percentages are together at most 100. One without a seed runs on `random`, 64
  /// bits from the host.
  void set(const FaultProfile& profile, std::uint64_t random) {
    const std::lock_guard<std::mutex> lock(mutex_);
    profile_ = profile;
    seed_ = profile.seed.value_or(random);
    first_.reset();
  }

  /// Lets the positions count from this ordinal, unless they have begun; what a batch holds may be in no order, so its
  /// lowest is told before its outcomes are asked for. Without effect without a value.
  void begin_at(std::optional<std::uint64_t> ordinal) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!first_) first_ = ordinal;
  }

  /// The outcome of one attempt (from 1) for the message with this ordinal. Everything succeeds before the first `set`.
  MockOutcome of(std::uint64_t ordinal, std::uint32_t attempt) {
    const auto [profile, seed, position] = place(ordinal, attempt);
    return at(profile, seed, position, attempt);
  }

  /// The rule itself: a pure function.
  static MockOutcome at(const FaultProfile& profile, std::uint64_t seed, std::uint64_t position,
                        std::uint32_t attempt) {
    const std::uint32_t number = shuffled(seed, position, attempt);
    if (number < profile.timeout_pct) return MockOutcome::kTimeout;
    if (number < profile.timeout_pct + profile.error_pct) return MockOutcome::kError;
    if (number < profile.timeout_pct + profile.error_pct + profile.ratelimit_pct) return MockOutcome::kRateLimited;
    return MockOutcome::kSuccess;
  }

 private:
  struct Place {
    FaultProfile profile;
    std::uint64_t seed;
    std::uint64_t position;
  };

  Place place(std::uint64_t ordinal, std::uint32_t attempt) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!first_ && attempt <= 1) first_ = ordinal;
    // The complement keeps the older ones apart from the positions from 0 on.
    const std::uint64_t position = first_ && ordinal >= *first_ ? ordinal - *first_ : ~ordinal;
    return {profile_, seed_, position};
  }

  // SplitMix64's output function (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
  static constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
  }

  // The place of this position's number in a shuffle of 0 to 99 that belongs to its hundred.
  static std::uint32_t shuffled(std::uint64_t seed, std::uint64_t position, std::uint32_t attempt) {
    constexpr std::size_t kRun = 100;
    const std::uint64_t key = mix(mix(mix(seed) ^ (position / kRun)) ^ attempt);
    std::array<std::uint8_t, kRun> numbers{};
    for (std::size_t index = 0; index < kRun; ++index)
      numbers[index] = static_cast<std::uint8_t>(index);
    for (std::size_t left = kRun; left > 1; --left) {
      // The upper 32 bits times `left`, shifted back: a number below `left`, with a bias of less than 2^-25.
      const std::size_t pick = static_cast<std::size_t>(((mix(key + left) >> 32) * left) >> 32);
      std::swap(numbers[left - 1], numbers[pick]);
    }
    return numbers[static_cast<std::size_t>(position % kRun)];
  }

  std::mutex mutex_;  // guards all below
  FaultProfile profile_;
  std::uint64_t seed_ = 0;
  std::optional<std::uint64_t> first_;  // the ordinal at position 0, once it is known
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_OUTCOME_SEQUENCE_H
