// A descriptor on its way from the probe child to the host: one JSON document.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "providers/descriptor.h"

namespace herald::providers {

// The child's answer. A refusal's text may hold any bytes.
std::string probe_answer(const base::Result<Descriptor>& outcome);

// Reads what probe_answer wrote, and nothing else: a missing, additional or mistyped member, or a descriptor that
// breaks the rules, is an error. The child ran foreign code, so its answer is untrusted.
base::Result<Descriptor> parse_probe_answer(std::string_view text);

}  // namespace herald::providers
