// Fault injection as operators write and read it. Any thread.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "api/document_reader.h"
#include "domain/ports.h"
#include "intake/send_request.h"

namespace herald::api {

struct FaultDocument {
  domain::FaultSettings settings;  // counts when there are no faults
  intake::Faults faults;
};

// A misspelt member would let an operator believe in a fault that never comes, so here a name that is not known is a
// fault of the request, beside values that are out of range and percentages that add up to more than 100.
tl::expected<FaultDocument, Malformed> decode_fault_settings(std::string_view body);

// In the form that is decoded; what is not set is left out, and a percentage of all that is not set is 0.
std::string fault_settings_json(const domain::FaultSettings& settings);

}  // namespace herald::api
