// A named thread with one owner, which joins it.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace herald::base {

// Where processors are scarce, the calling thread, and those that it starts from here on, get half of what another
// one gets, and start later. Cannot be taken back.
void give_way();

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
  // Gives the thread up, for one that cannot be made to return: joining it would hang its owner. Its body may use only
  // what it owns. It ends with the process, or by itself.
  void leave_behind();

 private:
  std::thread thread_;
};

}  // namespace herald::base
