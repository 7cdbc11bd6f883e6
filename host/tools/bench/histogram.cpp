#include "tools/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace herald::tools::bench {

// Values below 2^kBits have a bucket each. Above, a value keeps its kBits leading bits and loses `shift` others; its
// leading bit is set, so that each shift adds half as many buckets.
std::size_t Histogram::bucket_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > kBits ? width - kBits : 0;
  return (std::size_t{shift} << (kBits - 1)) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::end_of(std::size_t bucket) {
  constexpr std::size_t kHalf = std::size_t{1} << (kBits - 1);
  if (bucket < 2 * kHalf) return bucket;
  const std::size_t shift = bucket / kHalf - 1;
  const std::uint64_t leading = bucket - shift * kHalf;
  return ((leading + 1) << shift) - 1;
}

Histogram::Histogram() : buckets_(bucket_of((std::uint64_t{1} << kMostBits) - 1) + 1) {}

void Histogram::add(std::chrono::nanoseconds duration) {
  constexpr std::int64_t kMost = (std::int64_t{1} << kMostBits) - 1;
  const auto value = static_cast<std::uint64_t>(std::clamp<std::int64_t>(duration.count(), 0, kMost));
  ++buckets_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

std::chrono::nanoseconds Histogram::mean() const {
  if (count_ == 0) return {};
  return std::chrono::nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

std::chrono::nanoseconds Histogram::percentile(double share) const {
  if (count_ == 0) return {};
  const auto wanted = static_cast<std::uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) {
      return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(end_of(bucket), max_)));
    }
  }
  return max();
}

}  // namespace herald::tools::bench
