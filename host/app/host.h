// The composition root: the one place that knows every room. It builds them, gives those that step a thread each, and
// stops them in an order that loses nothing.
#pragma once

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

  // Opens the store, loads the providers, and listens last, so that whoever reaches the port finds a host that works.
  // The error says what stands in the way and the cure; nothing runs then.
  base::Status start();

  // Refuses new requests, answers those in flight, stops the lanes and the providers within their bounds, and closes
  // the store. Does nothing on a host that did not start. False when a plugin's thread does not end: its memory is left
  // alone, and the process is to be ended without running destructors.
  bool stop();

 private:
  struct Rooms;

  void drain_lanes();

  const config::Settings& settings_;
  const base::Clock& clock_;
  observe::Log& log_;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace herald::app
