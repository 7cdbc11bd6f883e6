// What a fallible operation returns inside the host. Exceptions stay within the four borders (HTTP handler, plugin
// call, database adapter, main); between rooms travels a Result.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace herald::base {

enum class ErrorCode {
  kInvalid,      // the caller's input is wrong; the same call fails again
  kNotFound,     // what was named does not exist
  kConflict,     // the state does not allow it now
  kUnavailable,  // a resource refuses for now (disk, draining); retryable
  kExhausted,    // a bound of our own is reached (waiting messages); retryable
  kCorrupt,      // stored data is damaged or of an unknown version; needs an operator
  kPermission,   // the operating system or an owner check forbids it
  kInternal,     // an invariant of our own is in doubt
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // for the log: what was found, what was expected, the cure. Never sent to a client.
};

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::make_unexpected(Error{code, std::move(message)});
}

}  // namespace herald::base
