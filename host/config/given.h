// A value on its way from a source into the settings. Private to the room and its tests.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "config/setting.h"

namespace herald::config {

// How a source writes a value: flags and variables know text only, TOML has types.
enum class Form { kText, kString, kInteger, kBoolean, kTable, kOther };

struct Written {
  Form form = Form::kText;
  std::string text;  // of a table: the JSON object; of kOther: as people call the type ("a float")
};

struct Given {
  const Setting* setting = nullptr;
  std::string provider;  // empty but for a provider's field
  Written written;
  std::string source;  // as in Origin
  std::string where;   // as people read it: "herald.toml:3:1", "environment variable API_PORT", "flag --port"
};

// What one source yields.
struct Yield {
  std::vector<Given> given;
  std::vector<std::string> faults;
  std::vector<std::string> warnings;
};

Yield read_flags(const std::vector<std::string>& flags);
Yield read_environment(const std::map<std::string, std::string>& environment);
// `path` is for messages only.
Yield read_toml(std::string_view text, const std::string& path);

// The setting's full name: "port", "provider.email.error_pct".
std::string full_name(const Setting& setting, const std::string& provider);

// Checks one value for its type and range. The error is a fault's text: name, what was found and where, what is
// allowed.
base::Result<Value> check(const Given& given, const Sources& sources);

// A JSON object's text, checked and written anew without white space; at most 64 levels deep.
base::Result<std::string> canonical_object(std::string_view text);

}  // namespace herald::config
