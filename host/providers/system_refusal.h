// What the operating system refuses, as an error that says whose fault it is.
#pragma once

#include <string>

#include "base/result.h"

namespace herald::providers {

// "<what>: <the system's words>". kUnavailable when the system is short of something, or a disk faults, for now: it
// says nothing about the file; kPermission when a right is missing; else kInvalid. `error` is an errno.
tl::unexpected<base::Error> system_refusal(const std::string& what, int error);

// True for an error that is no verdict on the file: the same file may pass the next time.
inline bool is_passing(const base::Error& error) {
  return error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kInternal;
}

}  // namespace herald::providers
