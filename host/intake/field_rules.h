// Rules of single fields that hold for messages in both directions. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "intake/send_request.h"

namespace herald::intake {

// A subject becomes a header line: nothing in it may end that line.
bool fits_a_header(std::string_view text);

// A time of the years that RFC 3339 can write in UTC; an offset can carry one out of them.
bool is_writable_time(base::WallTime time);

// Adds a fault for each of `urls` that is no http(s) URL, and one when there are more than `most`; nothing when the
// decoder could not read them. The faults point at "<prefix>/attachments".
void judge_attachments(const std::vector<std::string>& urls, std::size_t most, const std::string& prefix,
                       Faults& faults);

}  // namespace herald::intake
