// What the host is told before it starts: each room's options, with the source of every value.
#pragma once

#include <string>
#include <vector>

#include "access/options.h"
#include "api/options.h"
#include "delivery/options.h"
#include "http/options.h"
#include "intake/options.h"
#include "observe/options.h"
#include "providers/options.h"
#include "store/options.h"

namespace herald::config {

// One setting as it came out, for the log at start. A secret's value is "***".
struct Origin {
  std::string name;
  std::string value;
  std::string source;  // "default", "file:<path>", "env:<NAME>" or "flag"
};

struct Settings {
  http::Options http;
  store::Options store;
  intake::Options intake;
  delivery::Options delivery;
  providers::Options providers;
  observe::Options observe;
  api::Options api;
  access::Options access;
  std::string config_file;            // empty when none was named
  std::vector<Origin> origins;        // every setting once, in the order of the help text, then single providers' own
  std::vector<std::string> warnings;  // what an operator should know although the start goes on
};

}  // namespace herald::config
