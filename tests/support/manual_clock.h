// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace herald::test {

// Any thread may read and move it.
class ManualClock final : public base::Clock {
 public:
  static constexpr base::WallTime kStart = base::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z

  base::WallTime wall() const override { return kStart + base::Milliseconds{wall_offset_ms_.load()}; }
  base::MonoTime mono() const override { return base::MonoTime{std::chrono::nanoseconds{mono_ns_.load()}}; }

  // Both clocks go forward together.
  void advance(std::chrono::nanoseconds step) {
    mono_ns_ += step.count();
    wall_offset_ms_ += std::chrono::duration_cast<base::Milliseconds>(step).count();
  }

  // Only the wall clock moves, forward or back: an operator or NTP set it.
  void jump_wall(base::Milliseconds step) { wall_offset_ms_ += step.count(); }

 private:
  std::atomic<std::int64_t> wall_offset_ms_{0};
  std::atomic<std::int64_t> mono_ns_{1'000'000'000};
};

}  // namespace herald::test
