// What the HTTP room asks of whoever answers requests. The api room implements it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"

namespace herald::http {

// Answers one request, once, from any thread. Cheap to move. A Responder destroyed unused answers 500. After the client
// has gone, respond() does nothing. Responses leave in the order of their requests.
class Responder {
 public:
  // The connection's side; made by the HTTP room (and by tests).
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void respond(std::uint64_t slot, Response response) noexcept = 0;
    virtual void abandoned(std::uint64_t slot) noexcept = 0;
  };

  Responder(std::shared_ptr<Sink> sink, std::uint64_t slot) : sink_(std::move(sink)), slot_(slot) {}
  ~Responder() {
    if (sink_) sink_->abandoned(slot_);
  }
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) = delete;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  void respond(Response response) && noexcept {
    const auto sink = std::exchange(sink_, nullptr);
    if (sink) sink->respond(slot_, std::move(response));
  }

 private:
  std::shared_ptr<Sink> sink_;
  std::uint64_t slot_;
};

// A request that the HTTP room itself refuses: framing, limits, timeouts, an exception in the handler.
struct Fault {
  int status = 400;
  std::string_view code;    // snake case, stable: "malformed_request", "body_too_large", ...
  std::string_view detail;  // fixed text, fit for a client
  std::string_view request_id;
};

class Handler {
 public:
  virtual ~Handler() = default;

  // On a reactor's thread: must not block. Answers now or later through `responder`. An exception answers 500.
  virtual void handle(const Request& request, Responder responder) = 0;

  // The body for a fault. Any reactor's thread; must not throw.
  virtual Response refuse(const Fault& fault) noexcept = 0;

  // Whether a request with this head may go on to send its body ("Expect: 100-continue"): nothing, or the refusal.
  // `request.body` is empty.
  virtual std::optional<Response> check_head(const Request& request) = 0;

  // What of a request's path may stand in the log: a path can hold an address or a secret, and only the handler knows
  // which part could be one. Any reactor's thread.
  virtual std::string loggable_path(std::string_view path) const { return std::string(path); }
};

}  // namespace herald::http
