// What a run leaves to its seed.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/random.h"

namespace herald::simulation {

class Choice {
 public:
  explicit Choice(std::uint64_t seed) : random_(seed) {}

  // Uniform in [0, below); `below` is at least 1.
  std::uint64_t under(std::uint64_t below) { return random_.next() % below; }
  // Uniform in [from, to].
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(under(static_cast<std::uint64_t>(to - from) + 1));
  }
  bool one_in(std::uint64_t count) { return under(count) == 0; }
  template <typename Value>
  Value one_of(std::initializer_list<Value> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(under(values.size())));
  }
  base::Random& random() { return random_; }

 private:
  base::SeededRandom random_;
};

}  // namespace herald::simulation
