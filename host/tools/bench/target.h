// Where the requests go: the parts of an http URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace herald::tools::bench {

struct Target {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 80;
  std::string path = "/";  // with the query, as it is sent

  std::string authority() const;  // as the Host field has it
  std::string url() const { return "http://" + authority() + path; }
};

// http://HOST[:PORT][/PATH]. The error (kInvalid) names the fault and is fit to be printed.
base::Result<Target> parse_target(std::string_view url);

}  // namespace herald::tools::bench
