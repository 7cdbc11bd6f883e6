// A call into a plugin that may never come back, made on a thread that can be left behind.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace herald::providers {

// Runs `call` on a thread named `thread_name` and waits for it. False when `timeout` passed first: the thread is then
// left to itself until the process ends, so `call` must own (by shared ownership) all that it touches. `call` does not
// throw. The calling thread blocks.
bool call_within(std::chrono::nanoseconds timeout, std::string thread_name, std::function<void()> call);

}  // namespace herald::providers
