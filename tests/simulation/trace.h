// What a run does, one line for each thing, for a person who replays a seed.
#pragma once

#include <cstdint>
#include <iostream>
#include <string>

#include "base/clock.h"
#include "observe/log.h"

namespace herald::simulation {

// Also the host's log, whose lines stand between the steps. Silent unless it is on.
class Trace final : public observe::Log {
 public:
  Trace(bool on, const base::Clock& clock) : on_(on), clock_(clock) {}

  bool on() const { return on_; }
  void say(std::uint64_t step, const std::string& what) const {
    if (on_) std::cout << step << " at " << moment() << "  " << what << "\n";
  }

  bool enabled(observe::LogLevel /*level*/) const override { return on_; }
  void write(observe::LogLevel /*level*/, std::string_view event,
             std::initializer_list<observe::Field> fields) override {
    if (!on_) return;
    std::cout << "      " << event;
    for (const auto& field : fields) {
      std::cout << " " << field.name << "=";
      std::visit([](const auto& value) { std::cout << value; }, field.value);
    }
    std::cout << "\n";
  }

 private:
  // Seconds of the clock that never jumps, and of the wall's.
  std::string moment() const {
    const auto mono = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.mono().time_since_epoch()).count();
    return std::to_string(mono) + " ms, wall " + std::to_string(base::unix_ms(clock_.wall()) % 1'000'000'000);
  }

  const bool on_;
  const base::Clock& clock_;
};

}  // namespace herald::simulation
