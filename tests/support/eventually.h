// Waiting for a condition with a deadline, instead of sleeping for luck.
#pragma once

#include <chrono>
#include <thread>

namespace herald::test {

// Polls `condition` until it holds or `within` has passed; its last answer.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds within = std::chrono::seconds{10}) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace herald::test
