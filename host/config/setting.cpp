#include "config/setting.h"

#include <algorithm>
#include <cctype>

namespace herald::config {
namespace {

constexpr std::size_t kMaxProviderName = 32;  // the plugin ABI's bound

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

const Setting* find_setting(std::string_view name) {
  for (const auto& setting : all_settings()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string flag_name(const Setting& setting) {
  std::string flag = "--" + setting.name;
  std::replace_if(
      flag.begin(), flag.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return flag;
}

std::string environment_name(const Setting& setting) {
  std::string variable = "API_" + setting.name;
  std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) {
    return c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return variable;
}

std::string value_text(const Setting& setting, const Value& value) {
  if (setting.secret) return "***";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const std::uint64_t number = std::get<std::uint64_t>(value);
  if (setting.kind == Kind::kInteger) return std::to_string(number);
  return setting.choices.at(number);
}

std::string default_text(const Setting& setting) {
  if (setting.initial) {
    static const Settings fresh;
    if (const auto value = setting.initial(fresh)) return value_text(setting, *value);
  }
  return setting.default_note.empty() ? "none" : setting.default_note;
}

std::string allowed_text(const Setting& setting) {
  switch (setting.kind) {
    case Kind::kInteger:
      return std::to_string(setting.min) + " to " + std::to_string(setting.max);
    case Kind::kChoice:
    case Kind::kSwitch:
      return joined(setting.choices);
    case Kind::kObject:
      return "a JSON object; in the file a table";
    case Kind::kText:
      break;
  }
  switch (setting.check) {
    case Check::kAddress:
      return "an IP address or a host's name, without a port";
    case Check::kRegion:
      return "two capital letters of ISO 3166, such as US or DE";
    case Check::kHealthPath:
      return "/ and letters, digits, '-', '.', '_', '~', '/'; not /livez, /readyz, /metrics or under /api/";
    case Check::kProviderName:
      return "a provider's name: a-z, then a-z, 0-9 or '-', 32 at most";
    case Check::kNetworks:
      return "IP addresses or networks with commas between: 10.0.0.0/8,2001:db8::/32";
    case Check::kPath:
      return "a path";
    case Check::kNone:
      break;
  }
  return "a text that is not empty";
}

std::pair<std::string, const Setting*> split_provider_field(std::string_view text) {
  for (const auto& field : provider_fields()) {
    const std::string ending = flag_name(field).substr(1);  // "-error-pct"
    if (text.size() <= ending.size() || text.substr(text.size() - ending.size()) != ending) continue;
    const std::string_view name = text.substr(0, text.size() - ending.size());
    if (is_provider_name(name)) return {std::string(name), &field};
  }
  return {std::string(), nullptr};
}

bool is_provider_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxProviderName && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

}  // namespace herald::config
