// SIGTERM and SIGINT as something to wait for.
#pragma once

#include <csignal>

namespace herald::app {

// Blocks both signals in the calling thread, and so in every thread that it starts from here on; ignores SIGPIPE and
// SIGXFSZ. Make one in the main thread before any other thread exists.
class StopSignals {
 public:
  StopSignals();

  // Blocks until one of them arrives; its number.
  int wait() const;

  // One of them has arrived and was not waited for.
  bool pending() const;

  // From here on a further one ends the process at once: for a person who will not wait for the drain.
  void restore_default() const;

 private:
  sigset_t set_{};
};

}  // namespace herald::app
