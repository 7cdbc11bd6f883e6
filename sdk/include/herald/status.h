// Whether a step of the life cycle succeeded.
#ifndef HERALD_STATUS_H
#define HERALD_STATUS_H

#include <cstdint>
#include <string>
#include <utility>

#include <herald/abi.h>

namespace herald {

/// The result of `configure`, `start`, `drain`, `set_faults` and `Host::emit`.
///
/// A reason says what was found, what was expected, and the cure; the host shows it to operators, so it holds no
/// secret. Threading: a plain value. Source: HERALD_E_* in abi.h.
class [[nodiscard]] Status {
 public:
  /// Done.
  static Status ok() { return Status(HERALD_OK, std::string()); }

  /// The input is wrong, and stays wrong: the same call fails again (HERALD_E_INVALID).
  static Status invalid(std::string reason) { return Status(HERALD_E_INVALID, std::move(reason)); }

  /// A resource refuses for now; the host may try again (HERALD_E_UNAVAILABLE).
  static Status unavailable(std::string reason) { return Status(HERALD_E_UNAVAILABLE, std::move(reason)); }

  /// Not finished by the deadline (HERALD_E_TIMEOUT).
  static Status timed_out(std::string reason) { return Status(HERALD_E_TIMEOUT, std::move(reason)); }

  /// A fault of the provider itself, such as an exception (HERALD_E_INTERNAL).
  static Status internal(std::string reason) { return Status(HERALD_E_INTERNAL, std::move(reason)); }

  /// The other side does not offer it (HERALD_E_UNSUPPORTED).
  static Status unsupported(std::string reason) { return Status(HERALD_E_UNSUPPORTED, std::move(reason)); }

  /// HERALD_OK or a HERALD_E_* that came over the border; the reason of HERALD_OK is dropped.
  static Status of(std::int32_t code, std::string reason) {
    return code == HERALD_OK ? ok() : Status(code, std::move(reason));
  }

  /// True for `ok()`.
  bool is_ok() const noexcept { return code_ == HERALD_OK; }

  /// HERALD_OK or HERALD_E_*.
  std::int32_t code() const noexcept { return code_; }

  /// Why; empty when it is ok.
  const std::string& reason() const noexcept { return reason_; }

 private:
  Status(std::int32_t code, std::string reason) : code_(code), reason_(std::move(reason)) {}

  std::int32_t code_;
  std::string reason_;
};

}  // namespace herald

#endif  // HERALD_STATUS_H
