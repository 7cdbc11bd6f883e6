// What the program ends with.
#pragma once

namespace herald::tools {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;      // it could not run; of `plugin check`: a promise is broken
inline constexpr int kWrongUsage = 2;  // the command line, a setting or a file that it names is wrong

}  // namespace herald::tools
