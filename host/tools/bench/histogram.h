// Durations, counted in buckets that grow with what they hold: every percentile is exact to 1 part in 128, from
// nanoseconds to hours, in a few hundred kilobytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace herald::tools::bench {

// One thread at a time.
class Histogram {
 public:
  Histogram();

  // Below zero counts as zero; above the range, as its end.
  void add(std::chrono::nanoseconds duration);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }
  std::chrono::nanoseconds mean() const;  // 0 without values

  // The least duration that at least this share of all values do not exceed: the end of its bucket, and never more than
  // max(). `share` is from 0 to 1; 0 without values.
  std::chrono::nanoseconds percentile(double share) const;

 private:
  // Of 2^n nanoseconds and more, each doubling is cut into 2^(kBits - 1) buckets.
  static constexpr unsigned kBits = 8;
  static constexpr unsigned kMostBits = 44;  // about 4.8 hours

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t end_of(std::size_t bucket);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace herald::tools::bench
