#include "http/fault_report.h"

#include <utility>

namespace herald::http {

void FaultReport::refused(const Fault& fault, std::string_view remote_address, base::MonoTime now) {
  if (!admit(now)) return;
  log_.write(fault.status >= 500 ? observe::LogLevel::kWarn : observe::LogLevel::kInfo, "http.refused",
             {{"status", fault.status},
              {"code", fault.code},
              {"detail", fault.detail},
              {"remote_address", remote_address},
              {"request_id", fault.request_id},
              {"suppressed_lines", std::exchange(suppressed_, 0)}});
}

void FaultReport::handler_failed(std::string_view request_id, std::string_view error, base::MonoTime now) {
  if (!admit(now)) return;
  log_.error("http.handler_failed",
             {{"request_id", request_id}, {"error", error}, {"suppressed_lines", std::exchange(suppressed_, 0)}});
}

bool FaultReport::admit(base::MonoTime now) {
  static constexpr std::chrono::seconds kWindow{1};
  static constexpr std::uint64_t kLinesPerWindow = 20;
  if (now - window_begin_ >= kWindow) {
    window_begin_ = now;
    in_window_ = 0;
  }
  if (++in_window_ <= kLinesPerWindow) return true;
  ++suppressed_;
  return false;
}

}  // namespace herald::http
