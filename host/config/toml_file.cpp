#include <cmath>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include "config/given.h"
#include "config/wording.h"

namespace herald::config {
namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    default:
      return "another type";
  }
}

template <typename T>
std::string printed(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

// Nothing for what JSON cannot say: infinities and NaN.
std::optional<nlohmann::json> to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, value] : *table) {
      auto member = to_json(value);
      if (!member) return std::nullopt;
      object[std::string(key.str())] = std::move(*member);
    }
    return object;
  }
  if (const auto* array = node.as_array()) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& value : *array) {
      auto element = to_json(value);
      if (!element) return std::nullopt;
      list.push_back(std::move(*element));
    }
    return list;
  }
  if (const auto* text = node.as_string()) return nlohmann::json(text->get());
  if (const auto* number = node.as_integer()) return nlohmann::json(number->get());
  if (const auto* flag = node.as_boolean()) return nlohmann::json(flag->get());
  if (const auto* number = node.as_floating_point()) {
    if (!std::isfinite(number->get())) return std::nullopt;
    return nlohmann::json(number->get());
  }
  if (const auto* date = node.as_date()) return nlohmann::json(printed(date->get()));
  if (const auto* time = node.as_time()) return nlohmann::json(printed(time->get()));
  if (const auto* moment = node.as_date_time()) return nlohmann::json(printed(moment->get()));
  return std::nullopt;
}

class TomlReader {
 public:
  explicit TomlReader(const std::string& path) : path_(path) {}

  Yield read(std::string_view text) {
    try {
      const toml::table root = toml::parse(text, path_);
      for (const auto& [key, node] : root)
        read_top(std::string(key.str()), node);
    } catch (const toml::parse_error& error) {
      const auto at = error.source().begin;
      yield_.faults.push_back(place(at.line, at.column) + ": not TOML: " + escaped(error.description()) +
                              "; a setting is written as port = 8080 or log_level = \"info\"");
    }
    return std::move(yield_);
  }

 private:
  std::string place(toml::source_index line, toml::source_index column) const {
    return path_ + ":" + std::to_string(line) + ":" + std::to_string(column);
  }

  std::string place(const toml::node& node) const {
    return place(node.source().begin.line, node.source().begin.column);
  }

  void read_top(const std::string& key, const toml::node& node) {
    const Setting* setting = find_setting(key);
    if (setting != nullptr && setting->in_file) {
      take(*setting, {}, node);
    } else if (setting != nullptr) {
      yield_.faults.push_back(place(node) + ": " + in_quotes(key) + " cannot stand in the file; give it as " +
                              flag_name(*setting) + " or " + environment_name(*setting));
    } else if (key == "route" && node.is_table()) {
      for (const auto& [channel, value] : *node.as_table())
        read_route(std::string(channel.str()), value);
    } else if (key == "provider" && node.is_table()) {
      for (const auto& [name, value] : *node.as_table())
        read_provider(std::string(name.str()), value);
    } else if (key == "route" || key == "provider") {
      yield_.faults.push_back(place(node) + ": " + in_quotes(key) + " is no table; " +
                              (key == "route" ? "write [route] and below it sms = \"<provider>\""
                                              : "write [provider.<name>] and below it error_pct = 10"));
    } else {
      unknown(key, node, key);
    }
  }

  void read_route(const std::string& channel, const toml::node& node) {
    const std::string name = "route." + channel;
    const Setting* setting = find_setting(name);
    if (setting == nullptr) return unknown(name, node, name);
    take(*setting, {}, node);
  }

  void read_provider(const std::string& name, const toml::node& node) {
    if (!node.is_table()) {
      // Someone who writes [provider] error_pct = 10 means all providers.
      const std::string global = "provider_" + name;
      return unknown("provider." + name, node, find_setting(global) != nullptr ? global : name);
    }
    if (!is_provider_name(name)) {
      yield_.faults.push_back(place(node) + ": [provider.<name>]: found the name " + in_quotes(name) +
                              ", expected a provider's name: a-z, then a-z, 0-9 or '-', 32 at most");
      return;
    }
    for (const auto& [key, value] : *node.as_table())
      read_field(name, std::string(key.str()), value);
  }

  void read_field(const std::string& provider, const std::string& key, const toml::node& node) {
    std::vector<std::string> names;
    for (const auto& field : provider_fields()) {
      if (field.name == key) return take(field, provider, node);
      names.push_back(field.name);
    }
    yield_.faults.push_back(place(node) + ": unknown key " + in_quotes(key) + " in [provider." + provider + "]" +
                            did_you_mean(key, names) + (nearest(key, names).empty() ? known(names) : ""));
  }

  static std::string known(const std::vector<std::string>& names) {
    std::string text = "; known are";
    for (const auto& name : names)
      text += " " + name;
    return text;
  }

  void unknown(const std::string& key, const toml::node& node, const std::string& meant) {
    std::vector<std::string> names{"route", "provider"};
    for (const auto& setting : all_settings()) {
      if (setting.in_file) names.push_back(setting.name);
    }
    const std::string cure = did_you_mean(meant, names);
    yield_.faults.push_back(place(node) + ": unknown key " + in_quotes(key) +
                            (cure.empty() ? "; `herald --help` lists all" : cure));
  }

  void take(const Setting& setting, const std::string& provider, const toml::node& node) {
    Given given;
    given.setting = &setting;
    given.provider = provider;
    given.source = "file:" + path_;
    given.where = place(node);
    given.written = written(setting, node);
    yield_.given.push_back(std::move(given));
  }

  static Written written(const Setting& setting, const toml::node& node) {
    if (const auto* text = node.as_string()) return {Form::kString, text->get()};
    if (const auto* number = node.as_integer()) return {Form::kInteger, std::to_string(number->get())};
    if (const auto* flag = node.as_boolean()) return {Form::kBoolean, flag->get() ? "true" : "false"};
    if (setting.kind == Kind::kObject && node.is_table()) {
      if (const auto object = to_json(node)) return {Form::kTable, object->dump()};
      return {Form::kOther, "inf or nan"};
    }
    return {Form::kOther, type_name(node)};
  }

  const std::string& path_;
  Yield yield_;
};

}  // namespace

Yield read_toml(std::string_view text, const std::string& path) {
  return TomlReader(path).read(text);
}

}  // namespace herald::config
