// From flags, environment and file to Settings: flags over environment over file over defaults.
//
// A setting has one name. `breaker_open_secs` in the file is `--breaker-open-secs` as a flag and API_BREAKER_OPEN_SECS
// in the environment; `route.sms` is `--route-sms` and API_ROUTE_SMS. What is set for one provider stands in the file's
// table [provider.<name>], as `--provider-<name>-<field>` and as API_PROVIDER_<NAME>_<FIELD>, where '-' of the name is
// written '_'. A provider's `config` is a table in the file and a JSON object's text in the other two.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace herald::config {

// All that the settings depend on.
struct Sources {
  std::vector<std::string> flags;  // the command line behind the verb: "--port", "80" or "--port=80"
  // An empty variable counts as unset, as container platforms pass what was left blank.
  std::map<std::string, std::string> environment;
  std::function<base::Result<std::string>(const std::string& path)> read_file;
  std::function<bool(std::string_view region)> known_region;
  std::string plugin_dir;  // the default: the build's or installation's own
};

// Pure: reads nothing but `sources`. The error (kInvalid) lists every fault of every source, a line each, also in
// values that another source overrides: name, value found, where, what is allowed. An unknown API_* variable only
// warns.
base::Result<Settings> load(const Sources& sources);

}  // namespace herald::config
