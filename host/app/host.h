// The composition root: the one place that knows every room. It builds them, gives those that step a thread each, and
// stops them in an order that loses nothing.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "observe/log.h"

namespace herald::app {

// One thread: the main one.
class Host {
 public:
  // All are borrowed and outlive the host.
  Host(const config::Settings& settings, const base::Clock& clock, observe::Log& log);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Opens the store, listens, loads the providers, and only then takes messages: until then /readyz answers 503.
  // `cancelled` is asked between two plugins and ends a start early. The error says what stands in the way and the
  // cure; stop() is called after it as after a start that worked.
  base::Status start(const std::function<bool()>& cancelled);

  // Refuses new messages, lets the lanes finish, answers what is in flight, stops the providers, all within bounds, and
  // closes the store. Does nothing on a host that did not start. False when a plugin's thread does not end: its memory
  // is left alone, and the process is to be ended without running destructors.
  bool stop();

 private:
  struct Rooms;

  const config::Settings& settings_;
  const base::Clock& clock_;
  observe::Log& log_;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace herald::app
