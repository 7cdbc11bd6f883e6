// Whether a host may be started as it is told to.
#pragma once

#include <string>

#include "access/options.h"
#include "base/result.h"

namespace herald::access {

// Whether `host` is an address that only this machine reaches: a loopback address, or the name localhost.
bool is_loopback_host(const std::string& host);

// kInvalid for a host that would listen beyond loopback and ask nobody for a key, without having been told that this is
// meant.
base::Status check_exposure(const std::string& host, const Options& options);

}  // namespace herald::access
