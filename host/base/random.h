// Randomness, injected: a decision takes a number, a room takes a `Random&`.
#pragma once

#include <array>
#include <cstdint>
#include <random>

namespace herald::base {

// Not safe for concurrent use; each thread that draws owns one.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  virtual std::uint64_t next() = 0;

  // Uniform in [0, 1), with 53 bits.
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
};

// The same seed gives the same sequence on every platform.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// A seed from the operating system's entropy.
std::uint64_t entropy_seed();

// What a secret is made of, from the kernel's generator: no one who saw others can tell this one. Throws
// std::system_error where the kernel gives none.
using Entropy = std::array<std::uint8_t, 40>;
Entropy entropy();

}  // namespace herald::base
