#include "config/help.h"

#include <array>
#include <sstream>

#include "config/setting.h"

namespace herald::config {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 6;

struct Heading {
  Group group;
  const char* title;
};

constexpr std::array kHeadings{
    Heading{Group::kServer, "Server"},
    Heading{Group::kStorage, "Storage"},
    Heading{Group::kLimits, "Limits"},
    Heading{Group::kDelivery, "Delivery"},
    Heading{Group::kProviders, "Providers"},
    Heading{Group::kFaults, "Faults on demand (mock providers)"},
    Heading{Group::kLog, "Log"},
};

// Breaks at blanks, so that no line passes the last column.
std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  std::string result;
  std::size_t column = 0;
  while (words >> word) {
    if (column == 0 || column + 1 + word.size() > kColumns) {
      result += (result.empty() ? "" : "\n") + std::string(kIndent, ' ') + word;
      column = kIndent + word.size();
    } else {
      result += " " + word;
      column += 1 + word.size();
    }
  }
  return result + "\n";
}

std::string placeholder(const Setting& setting) {
  switch (setting.kind) {
    case Kind::kInteger:
      return "NUMBER";
    case Kind::kSwitch:
      return "on|off";
    case Kind::kObject:
      return "JSON";
    case Kind::kChoice:
    case Kind::kText:
      break;
  }
  if (setting.kind == Kind::kText) return "TEXT";
  std::string text;
  for (const auto& choice : setting.choices)
    text += (text.empty() ? "" : "|") + choice;
  return text;
}

std::string entry(const Setting& setting) {
  std::string facts = "Default: " + default_text(setting) + ".";
  const bool worth_saying = setting.kind == Kind::kInteger || setting.check != Check::kNone;
  if (worth_saying) facts += " Allowed: " + allowed_text(setting) + ".";
  facts += " Variable: " + environment_name(setting);
  for (const auto& alias : setting.aliases)
    facts += " or " + alias;
  facts += ".";
  if (setting.in_file) facts += " File: " + setting.name + ".";
  return "  " + flag_name(setting) + " " + placeholder(setting) + "\n" + wrapped(setting.help) + wrapped(facts);
}

std::string provider_entries() {
  std::string text = "\nFor one provider by its name; what is left out here falls back to the settings above\n";
  for (const auto& field : provider_fields()) {
    std::string variable = environment_name(field).substr(std::string("API").size());
    text += "  --provider-<name>" + flag_name(field).substr(1) + " " + placeholder(field) + "\n" + wrapped(field.help) +
            wrapped("Variable: API_PROVIDER_<NAME>" + variable + ", with _ for - in the name. File: " + field.name +
                    (field.kind == Kind::kObject ? ", a table [provider.<name>.config]." : " in [provider.<name>]."));
  }
  return text;
}

}  // namespace

std::string settings_help() {
  std::string text;
  for (const auto& heading : kHeadings) {
    text += (text.empty() ? "" : "\n") + std::string(heading.title) + "\n";
    for (const auto& setting : all_settings()) {
      if (setting.group == heading.group) text += entry(setting);
    }
    if (heading.group == Group::kFaults) text += provider_entries();
  }
  return text;
}

}  // namespace herald::config
