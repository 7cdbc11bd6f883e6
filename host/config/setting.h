// What a setting is: the rows of the one table from which flags, environment, file keys, help and start-up log come.
// Private to the room and its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/settings.h"

namespace herald::config {

enum class Kind {
  kInteger,  // min to max
  kText,     // not empty, and as `check` demands
  kChoice,   // one of `choices`
  kSwitch,   // on or off; in the file true or false too
  kObject,   // a table in the file, a JSON object's text elsewhere
};

enum class Check { kNone, kPath, kAddress, kRegion, kHealthPath, kProviderName, kNetworks };

enum class Group { kServer, kAccess, kStorage, kLimits, kDelivery, kProviders, kFaults, kLog };

// A checked value: an integer or a choice's index, or a text.
using Value = std::variant<std::uint64_t, std::string>;

struct Setting {
  std::string name;  // as in the file; of a provider's field, the part behind [provider.<name>]
  Group group = Group::kServer;
  Kind kind = Kind::kText;
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::vector<std::string> choices{};
  Check check = Check::kNone;
  std::vector<std::string> aliases{};  // further environment variables; the setting's own wins
  bool secret = false;                 // the value appears in no message and no log
  bool in_file = true;
  std::string default_note{};  // for the help text, where the default is not a plain value
  std::string help{};

  // `provider` is empty but for a provider's field.
  std::function<void(Settings&, const std::string& provider, const Value&)> assign{};
  // The value that fresh Settings hold; nothing where the field is unset. Empty for a provider's field.
  std::function<std::optional<Value>(const Settings&)> initial{};
};

// Each with the setting's place in the help text.
const std::vector<Setting>& all_settings();

// What may be set for one provider by its name.
const std::vector<Setting>& provider_fields();

const Setting* find_setting(std::string_view name);

std::string flag_name(const Setting& setting);         // "--route-sms"
std::string environment_name(const Setting& setting);  // "API_ROUTE_SMS"

// "8080", "on", "/healthz": as the help text and the log show a value. Of a secret "***".
std::string value_text(const Setting& setting, const Value& value);

// "none" where fresh Settings leave the field unset or empty.
std::string default_text(const Setting& setting);

// What is allowed: "0 to 65535", "trace, debug, …", for the help text and for refusals.
std::string allowed_text(const Setting& setting);

// A field for one provider, as flags and variables name it. Given the part behind "--provider-" or "API_PROVIDER_" with
// '-' for '_' in lower case ("sms-mms-error-pct"): the provider and the field. Null when it is none, or when the
// provider's name could be none ([a-z][a-z0-9-]{0,31}).
std::pair<std::string, const Setting*> split_provider_field(std::string_view text);

bool is_provider_name(std::string_view text);

}  // namespace herald::config
