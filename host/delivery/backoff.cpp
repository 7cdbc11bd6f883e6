#include "delivery/backoff.h"

#include <algorithm>

namespace herald::delivery {
namespace {

std::int64_t ceiling_ms(const RetryPolicy& policy, std::uint32_t attempt) {
  const std::int64_t base = policy.backoff_base.count();
  const std::int64_t most = policy.backoff_max.count();
  const std::uint32_t doublings = attempt == 0 ? 0 : attempt - 1;
  // Compared from the bound downwards, because the doubled base may not fit into any integer.
  if (doublings >= 62 || base > (most >> doublings)) return most;
  return base << doublings;
}

}  // namespace

std::chrono::milliseconds backoff(const RetryPolicy& policy, std::uint32_t attempt, double jitter) {
  const std::int64_t ceiling = ceiling_ms(policy, attempt);
  const auto drawn = static_cast<std::int64_t>(jitter * static_cast<double>(ceiling + 1));
  return std::chrono::milliseconds{std::max<std::int64_t>(1, std::min(drawn, ceiling))};
}

}  // namespace herald::delivery
