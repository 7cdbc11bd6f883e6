// Log lines about refused requests, at a bounded rate: a flood of bad requests must not become a flood of lines.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

#include "base/clock.h"
#include "http/handler.h"
#include "observe/log.h"

namespace herald::http {

// One per reactor; one thread at a time. Fields never hold anything of the request beside its id.
class FaultReport {
 public:
  explicit FaultReport(observe::Log& log) : log_(log) {}

  // "http.refused", at info for what a client did wrong and at warn for what the server could not do.
  void refused(const Fault& fault, std::string_view remote_address, base::MonoTime now);
  // "http.handler_failed", an error: an exception left the handler, or its answer could not be sent.
  void handler_failed(std::string_view request_id, std::string_view error, base::MonoTime now);

 private:
  bool admit(base::MonoTime now);

  observe::Log& log_;
  base::MonoTime window_begin_{};
  std::uint64_t in_window_ = 0;
  std::uint64_t suppressed_ = 0;  // since the last line
};

}  // namespace herald::http
