// Time, injected. Every room that needs the time takes a `const Clock&`; only the composition root makes a SystemClock.
#pragma once

#include <chrono>
#include <cstdint>

namespace herald::base {

// A moment that people and other processes understand; persisted. Millisecond steps, may jump.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// A moment for deadlines within this process. CLOCK_MONOTONIC, never jumps, never persisted.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

using Milliseconds = std::chrono::milliseconds;

// Safe to call from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual WallTime wall() const = 0;
  virtual MonoTime mono() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  MonoTime mono() const override;
};

// Milliseconds since the Unix epoch.
constexpr std::int64_t unix_ms(WallTime time) {
  return time.time_since_epoch().count();
}

constexpr WallTime from_unix_ms(std::int64_t ms) {
  return WallTime{Milliseconds{ms}};
}

}  // namespace herald::base
