#include <algorithm>
#include <cctype>
#include <set>

#include "config/given.h"
#include "config/wording.h"

namespace herald::config {
namespace {

constexpr std::string_view kPrefix = "API_";
constexpr std::string_view kProviderPrefix = "API_PROVIDER_";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

using Environment = std::map<std::string, std::string>;

// Null when unset or empty.
const std::string* find_set(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

Given given_by(const std::string& variable, const std::string& value) {
  Given given;
  given.written.text = value;
  given.source = "env:" + variable;
  given.where = "environment variable " + variable;
  return given;
}

// The setting's own variable wins over its aliases.
void read_setting(const Setting& setting, const Environment& environment, Yield& yield) {
  std::vector<std::string> names{environment_name(setting)};
  names.insert(names.end(), setting.aliases.begin(), setting.aliases.end());
  std::string used;
  for (const auto& name : names) {
    const std::string* value = find_set(environment, name);
    if (value == nullptr) continue;
    if (used.empty()) {
      used = name;
      Given given = given_by(name, *value);
      given.setting = &setting;
      yield.given.push_back(std::move(given));
    } else if (*value != environment.at(used)) {
      auto& warning = yield.warnings.emplace_back("environment variable ");
      warning.append(name).append(" is ignored: ").append(used).append(" is set too, and wins");
    }
  }
}

// Of "API_PROVIDER_SMS_MMS_SEED" the provider sms-mms and its seed.
std::pair<std::string, const Setting*> provider_field(std::string_view variable) {
  if (!starts_with(variable, kProviderPrefix)) return {std::string(), nullptr};
  std::string text(variable.substr(kProviderPrefix.size()));
  const bool has_lower = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (has_lower || text.find('-') != std::string::npos) return {std::string(), nullptr};
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return split_provider_field(text);
}

// The value is not shown: the variable may be another program's secret.
void read_unlisted(const std::string& variable, const std::string& value, const std::vector<std::string>& listed,
                   Yield& yield) {
  auto field = provider_field(variable);
  if (field.second != nullptr) {
    Given given = given_by(variable, value);
    given.provider = std::move(field.first);
    given.setting = field.second;
    yield.given.push_back(std::move(given));
  } else {
    yield.warnings.push_back("environment variable " + variable + " is no setting and is ignored" +
                             did_you_mean(variable, listed));
  }
}

}  // namespace

Yield read_environment(const Environment& environment) {
  Yield yield;
  std::vector<std::string> listed;
  for (const auto& setting : all_settings()) {
    read_setting(setting, environment, yield);
    listed.push_back(environment_name(setting));
    listed.insert(listed.end(), setting.aliases.begin(), setting.aliases.end());
  }
  const std::set<std::string> known(listed.begin(), listed.end());
  for (const auto& entry : environment) {
    const bool unlisted = starts_with(entry.first, kPrefix) && known.count(entry.first) == 0;
    if (unlisted && !entry.second.empty()) read_unlisted(entry.first, entry.second, listed, yield);
  }
  return yield;
}

}  // namespace herald::config
