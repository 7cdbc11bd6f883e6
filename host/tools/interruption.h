// A person who stops a command by Ctrl-C, or a build server that ends it.
#pragma once

#include <array>
#include <csignal>

namespace herald::tools {

// While one exists, SIGINT, SIGTERM and SIGHUP do not end the process but are noted, so that what it has begun can be
// cleared away. One at a time, made and destroyed by the main thread; a signal that was ignored before stays so.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Whether one of them has come. Any thread.
  static bool asked();

  // Ends the process by the signal that came, as it would have ended at once: its parent is told the truth.
  [[noreturn]] static void end_process();

 private:
  static constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace herald::tools
