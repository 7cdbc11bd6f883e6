// Fault injection as settings describe it, made into what one provider is told.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "providers/options.h"

namespace herald::providers {

// What is in force for one provider: its own fields over the global ones, 0 where neither is set. The error names the
// settings at fault: a percentage above 100, or the three together above 100.
base::Result<FaultProfile> effective_faults(const Options& options, std::string_view provider);

}  // namespace herald::providers
