#include "tools/interruption.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace herald::tools {
namespace {

std::atomic<int> came{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler stores it");

void note(int signal) {
  came = signal;
}

}  // namespace

Interruption::Interruption() {
  came = 0;
  struct sigaction noting {};
  noting.sa_handler = note;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &noting, nullptr);
  }
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    ::sigaction(kSignals[i], &before_[i], nullptr);
}

bool Interruption::asked() {
  return came != 0;
}

void Interruption::end_process() {
  const int signal = came;
  // Neither can be refused, for the signal has come before.
  static_cast<void>(std::signal(signal, SIG_DFL));
  static_cast<void>(std::raise(signal));
  constexpr int kShellsNumberOfSignals = 128;
  std::_Exit(kShellsNumberOfSignals + signal);  // reached where the signal is blocked
}

}  // namespace herald::tools
