#include "config/help.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "config/setting.h"

namespace herald::config {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 6;
constexpr std::size_t kVariableColumn = 50;

struct Heading {
  Group group;
  const char* title;
};

constexpr std::array kHeadings{
    Heading{Group::kServer, "Server"},
    Heading{Group::kAccess, "Access"},
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
  std::string choices;
  for (const auto& choice : setting.choices)
    choices += (choices.empty() ? "" : "|") + choice;
  if (!choices.empty()) return choices;
  switch (setting.check) {
    case Check::kAddress:
      return "ADDRESS";
    case Check::kRegion:
      return "REGION";
    case Check::kProviderName:
      return "NAME";
    case Check::kNetworks:
      return "NETWORKS";
    default:
      return "PATH";
  }
}

// The flag, and to its right the variable.
std::string head(const std::string& flag, const std::string& variable) {
  std::string line = "  " + flag;
  line.resize(std::max(line.size() + 2, kVariableColumn), ' ');
  return line + variable + "\n";
}

std::string entry(const Setting& setting) {
  std::string variables = environment_name(setting);
  for (const auto& alias : setting.aliases)
    variables += ", " + alias;
  std::string facts = "Default " + default_text(setting);
  const bool worth_saying =
      setting.kind == Kind::kInteger || (setting.check != Check::kNone && setting.check != Check::kPath);
  if (worth_saying) facts += "; allowed " + allowed_text(setting);
  return head(flag_name(setting) + " " + placeholder(setting), variables) + wrapped(setting.help) +
         wrapped(facts + ".");
}

std::string provider_entries() {
  std::string text = "\nOne provider by its name, in a variable with _ for -; what is left out is as above\n";
  for (const auto& field : provider_fields()) {
    const std::string ending = environment_name(field).substr(std::string("API").size());
    text += head("--provider-<name>" + flag_name(field).substr(1) + " " + placeholder(field),
                 "API_PROVIDER_<NAME>" + ending) +
            wrapped(field.help) + wrapped("Allowed " + allowed_text(field) + ".");
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
