// A named thread with one owner, which joins it.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace herald::base {

// The body runs until it returns; how to make it return is the owner's business (a flag and a Wakeup). Destroying a
// Worker joins it. An exception that leaves the body ends the process: a room's loop handles its own errors.
class Worker {
 public:
  Worker() = default;
  // `name` is what the operating system shows; at most 15 characters are kept.
  Worker(const std::string& name, std::function<void()> body);
  ~Worker();
  Worker(Worker&&) noexcept = default;
  Worker& operator=(Worker&& other) noexcept;

  void join();

 private:
  std::thread thread_;
};

}  // namespace herald::base
