// Fault injection as settings describe it, made into what one provider is told.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/options.h"

namespace herald::providers {

// What is in force for one provider: its own fields over the global ones, 0 where neither is set. The error names the
// settings at fault: a percentage above 100, or the three together above 100.
base::Result<FaultProfile> effective_faults(const Options& options, std::string_view provider);

// The settings in the form in which operators change them.
domain::FaultSettings fault_settings(const Options& options);

// The same for a change, of which the error says in a client's words which fields do not fit together.
base::Result<FaultProfile> effective_faults(const domain::FaultSettings& settings, std::string_view provider);

// Passes when every name in it is one of `injectors`, which inject faults, and the profile of each of them and the
// global one are sound. The error (kInvalid) is in a client's words.
base::Status check_faults(const domain::FaultSettings& settings, const std::vector<std::string>& injectors);

}  // namespace herald::providers
