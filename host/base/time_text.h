// RFC 3339 in UTC with milliseconds: the one form in which the host writes a time, and every form that it reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace herald::base {

// "2026-01-02T03:04:05.678Z".
std::string to_rfc3339(WallTime time);

// RFC 3339 section 5.6: any offset, any number of fraction digits (cut to milliseconds), "T" and "Z" in either case, a
// leap second (:60) read as the following second. Nothing for all else, also for a date that does not exist.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace herald::base
