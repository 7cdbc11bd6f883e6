// `herald bench`: a load generator.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace herald::tools::bench {

// `arguments` without "bench". `interrupted` is asked a few times a second. How far it is goes to `progress` when that
// is not null, the report to `out`, faults to `err`; the exit status.
int bench(const std::vector<std::string>& arguments, const std::function<bool()>& interrupted, std::ostream* progress,
          std::ostream& out, std::ostream& err);

}  // namespace herald::tools::bench
