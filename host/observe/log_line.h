// How one event becomes one line, whatever its fields hold. Pure functions; any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "observe/log.h"
#include "observe/options.h"

namespace herald::observe {

// A field's text longer than this is cut, and says so: no caller can make a line of any length.
inline constexpr std::size_t kMaxFieldBytes = 4096;

// Sets `rest` to the line behind its time. Text: values are quoted when they hold anything that could be taken for
// another field or another line. JSON: the rest of one object. In both forms control characters, characters that
// reorder or break lines, and invalid UTF-8 (as U+FFFD) are escaped, so that nothing a client sends can forge a line.
// Field names keep [A-Za-z0-9_.-], all else is written '_'; in JSON a field named as one of the three keys of the
// envelope (ts, level, event) gets a '_' behind it.
void format_rest(LogFormat format, LogLevel level, std::string_view event, std::initializer_list<Field> fields,
                 std::string& rest);

// Appends the whole line with its newline to `out`.
void append_line(LogFormat format, base::WallTime time, std::string_view rest, std::string& out);

std::string_view level_name(LogLevel level);

}  // namespace herald::observe
