// How many connections there are, over all reactors.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <utility>

#include "base/clock.h"
#include "base/wakeup.h"
#include "observe/metrics.h"

namespace herald::http {

// Any thread.
class Population {
 public:
  explicit Population(observe::Metrics& metrics) : metrics_(metrics) {}
  Population(const Population&) = delete;
  Population& operator=(const Population&) = delete;

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // One thread waits at a time. False when `timeout` passed first.
  bool wait_until_empty(const base::Clock& clock, std::chrono::milliseconds timeout) {
    const auto deadline = clock.mono() + timeout;
    while (size_.load(std::memory_order_acquire) > 0) {
      const auto left = deadline - clock.mono();
      if (left <= std::chrono::nanoseconds::zero() || !emptied_.wait_for(left)) return size() == 0;
    }
    return true;
  }

 private:
  friend class Seat;
  void enter() {
    size_.fetch_add(1, std::memory_order_relaxed);
    metrics_.http_connections.add(1);
  }
  void leave() {
    metrics_.http_connections.add(-1);
    if (size_.fetch_sub(1, std::memory_order_acq_rel) == 1) emptied_.notify();
  }

  observe::Metrics& metrics_;
  std::atomic<std::size_t> size_{0};
  base::Wakeup emptied_;
};

// One connection's place in the population: counted while it lives. Outlived by the population.
class Seat {
 public:
  Seat() = default;
  explicit Seat(Population& population) : population_(&population) { population.enter(); }
  ~Seat() {
    if (population_ != nullptr) population_->leave();
  }
  Seat(Seat&& other) noexcept : population_(std::exchange(other.population_, nullptr)) {}
  Seat& operator=(Seat&& other) noexcept {
    std::swap(population_, other.population_);
    return *this;
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  Population* population_ = nullptr;
};

}  // namespace herald::http
