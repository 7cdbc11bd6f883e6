// The HTTP/1.1 server: framing of our own (strict, RFC 9112) on Pistache's reactors and sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "http/handler.h"
#include "http/options.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace herald::http {

class Server {
 public:
  // Borrowed: handler, clock, log and metrics outlive the server.
  Server(Options options, Handler& handler, const base::Clock& clock, observe::Log& log, observe::Metrics& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and serves on threads of its own. The error names address and cause (in use, not permitted).
  base::Status start();

  // The bound port.
  std::uint16_t port() const;

  // Takes no new connection and no new request, closes idle connections, answers what is in flight with
  // "Connection: close", waits for it until `timeout`, then closes all and joins. Idempotent; one thread.
  void stop(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace herald::http
