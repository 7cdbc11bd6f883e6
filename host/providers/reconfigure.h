// A change of a running instance's configuration, that may hang.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "providers/bounded_call.h"
#include "providers/instance.h"

namespace herald::providers {

// Gives `json` to the instance and waits for its word. kInvalid: it refuses it, and `former` stays in force.
// kUnavailable: it did not come back within `timeout`, or an earlier change has not yet; when it comes back after all
// and has taken the configuration, `former` is put in force again. One control thread.
base::Status reconfigure(const std::shared_ptr<Instance>& instance, const std::string& json, const std::string& former,
                         const std::shared_ptr<Patience>& patience, std::chrono::milliseconds timeout);

// The same for fault injection, where a change that comes late stays.
base::Status change_faults(const std::shared_ptr<Instance>& instance, const FaultProfile& profile,
                           const std::shared_ptr<Patience>& patience, std::chrono::milliseconds timeout);

}  // namespace herald::providers
