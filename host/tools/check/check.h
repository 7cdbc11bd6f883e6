// `herald plugin check FILE`: holds a plugin to the contract.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace herald::tools::check {

// One run, from the arguments behind "plugin check" to the exit status: kDone when every promise that was tried holds,
// kFailed when one does not, kWrongUsage when the command line is wrong, a file cannot be read or written, or the given
// configuration does not fit. `executable` (absolute) is run as the child of each test. Results go to `out`, all else
// to `err`.
int check_plugin(const std::vector<std::string>& arguments, const std::filesystem::path& executable, std::ostream& out,
                 std::ostream& err);

}  // namespace herald::tools::check
