// What the plugin says about its configuration, and what it does with one.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "providers/config_schema.h"
#include "providers/plain_text.h"
#include "tools/check/config_groups.h"

namespace herald::tools::check {
namespace {

using nlohmann::json;

constexpr const char* kNoSecret = "herald-check-secret-3f9c";

// The schema; null after saying in the verdict why not.
json schema_of(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return nullptr;
  const auto text = providers::view_of(plugin->config_schema);
  return text.empty() ? json::object() : json::parse(text);
}

void schema(Subject& subject, Verdict& verdict) {
  const auto entry = subject.entry(verdict);
  if (entry == nullptr) return;
  verdict.at("its schema is read");
  herald_plugin plugin{};
  plugin.struct_size = sizeof plugin;
  entry(&plugin);
  const auto text = providers::view_of(plugin.config_schema);
  const auto usable = providers::check_schema(text);
  if (!usable) {
    return verdict.fail(usable.error().message, "a JSON Schema of draft 7 that stands alone, or an empty text",
                        "correct config_schema");
  }
  if (text.empty()) return;
  const auto document = json::parse(text);
  const json type = document.value("type", json("object"));
  const bool object =
      type == "object" || (type.is_array() && std::find(type.begin(), type.end(), "object") != type.end());
  verdict.expect(object, "its schema is one of " + type.dump(), "of an object, which every configuration is",
                 "write \"type\": \"object\"");
}

void defaults(Subject& subject, Verdict& verdict) {
  const json root = schema_of(subject, verdict);
  if (verdict.settled()) return;
  bool any = false;
  const json properties = root.value("properties", json::object());
  for (const auto& [name, property] : properties.items()) {
    if (!property.is_object() || !property.contains("default")) continue;
    any = true;
    json alone = root;
    alone["properties"] = {{name, property}};
    for (const char* other : {"required", "minProperties", "dependencies", "allOf", "anyOf", "oneOf", "if", "not"})
      alone.erase(other);
    const auto fits = providers::check_config(alone.dump(), json{{name, property.at("default")}}.dump());
    if (!fits) {
      return verdict.fail("the default of " + name + " does not fit its own schema: " + fits.error().message,
                          "a default that an operator could write", "correct the default");
    }
  }
  if (!any) verdict.skip("its schema has no default");
}

void accepted(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.is_created(verdict)) return;
  if (!subject.config_problem().empty()) return verdict.block(subject.config_problem());
  verdict.at("configure is called with a configuration that its schema takes");
  const auto answer = instance.configure(subject.config());
  verdict.expect(answer.result == HERALD_OK,
                 "configure answers " + result_name(answer.result) + ": " + providers::one_line(answer.error, 300),
                 "HERALD_OK for a configuration that its schema takes",
                 "say in the schema what configure wants; or give a configuration that it takes by --config FILE");
}

void empty(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  if (!providers::check_config(providers::view_of(plugin->config_schema), "{}"))
    return verdict.skip("its schema requires settings");
  Instance instance(*plugin, verdict);
  if (!instance.is_created(verdict)) return;
  verdict.at("configure is called with {}");
  const auto answer = instance.configure("{}");
  verdict.expect(
      answer.result == HERALD_OK,
      "configure answers " + result_name(answer.result) + " to {}: " + providers::one_line(answer.error, 300),
      "HERALD_OK: it is what a plugin gets when there is no configuration, and the schema takes it",
      "give every setting a default, or name it in \"required\"");
}

void hand_over(const herald_plugin& plugin, const json& document, const std::string& what, Verdict& verdict) {
  if (verdict.settled()) return;
  verdict.at("configure is called with " + what);
  Instance instance(plugin, verdict);
  if (instance.is_created(verdict)) expect_sound(instance.configure(document.dump()), what, verdict);
}

void required_missing(Subject& subject, Verdict& verdict) {
  const json root = schema_of(subject, verdict);
  const auto* plugin = subject.plugin(verdict);
  if (verdict.settled()) return;
  const json required = root.value("required", json::array());
  if (required.empty()) return verdict.skip("its schema requires no setting");
  if (!subject.config_problem().empty()) return verdict.block(subject.config_problem());
  const json config = json::parse(subject.config());
  for (const json& key : required) {
    json without = config;
    without.erase(key.get<std::string>());
    const std::string what = "a configuration without " + key.get<std::string>() + ", which the schema requires";
    const auto taken = providers::check_config(root.dump(), without.dump());
    verdict.expect(!taken.has_value(), "its schema takes " + what, "a schema that refuses it",
                   "look for what the schema says beside \"required\"");
    hand_over(*plugin, without, what, verdict);
  }
}

void types_flipped(Subject& subject, Verdict& verdict) {
  const json root = schema_of(subject, verdict);
  const auto* plugin = subject.plugin(verdict);
  if (verdict.settled()) return;
  const json properties = root.value("properties", json::object());
  if (properties.empty()) return verdict.skip("its schema names no setting");
  const json config = subject.config_problem().empty() ? json::parse(subject.config()) : json::object();
  const json values = json::array({nullptr, true, 0, -1, 1.5, 1e300, "", "text", json::array(), json::object(),
                                   json::array({nullptr}), json{{"a", 1}}});
  for (const auto& [name, unused] : properties.items()) {
    for (const json& value : values) {
      json flipped = config;
      flipped[name] = value;
      hand_over(*plugin, flipped, name + " as " + value.dump(), verdict);
    }
  }
}

// The configuration with a mark in place of every secret; null when there is none.
json with_marked_secrets(const json& root, json config) {
  bool any = false;
  const json properties = root.value("properties", json::object());
  for (const auto& [name, property] : properties.items()) {
    if (!property.is_object() || !property.value("writeOnly", false)) continue;
    config[name] = kNoSecret;
    any = any || providers::check_config(root.dump(), config.dump()).has_value();
  }
  return any ? config : json();
}

void secrets(Subject& subject, Verdict& verdict) {
  const json root = schema_of(subject, verdict);
  const auto* plugin = subject.plugin(verdict);
  if (verdict.settled()) return;
  if (!subject.config_problem().empty()) return verdict.block(subject.config_problem());
  const json marked = with_marked_secrets(root, json::parse(subject.config()));
  if (marked.is_null()) return verdict.skip("its schema names no secret (writeOnly) that may be any text");
  json refused = marked;
  refused["no setting of this plugin"] = json::array({nullptr});
  Instance instance(*plugin, verdict);
  if (!instance.is_created(verdict)) return;
  for (const json& document : {marked, refused}) {
    verdict.at("configure is called with a secret");
    const auto answer = instance.configure(document.dump());
    verdict.expect(answer.error.find(kNoSecret) == std::string::npos, "a secret stands in configure's error",
                   "that no secret is shown (\"writeOnly\": true)", "name the setting, never its value");
  }
  instance.start();
  instance.stop();
  verdict.expect(!instance.host().logged(kNoSecret), "a secret stands in the log", "that no secret is logged",
                 "log the setting's name, never its value");
}

}  // namespace

std::vector<Test> schema_tests() {
  return {
      {"config.schema", "Its schema is one of draft 7, of an object.", "abi.h: herald_plugin.config_schema", schema},
      {"config.defaults", "The defaults that its schema names fit it.", "abi.h: herald_plugin.config_schema", defaults},
      {"config.accepted", "It takes a configuration that its schema takes.", "abi.h: herald_plugin.configure",
       accepted},
      {"config.empty", "It takes {} when its schema does.", "abi.h: herald_plugin.configure", empty},
      {"config.required-missing", "A missing setting is refused by the schema, and does no harm.",
       "abi.h: herald_plugin.configure", required_missing},
      {"config.types-flipped", "A setting of a wrong type does no harm.", "abi.h: herald_plugin.configure",
       types_flipped},
      {"config.secrets", "It shows no secret of its configuration.", "abi.h: herald_host.log", secrets},
  };
}

std::vector<Test> config_tests() {
  auto tests = schema_tests();
  for (const auto& more : {odd_config_tests(), reconfigure_tests()})
    tests.insert(tests.end(), more.begin(), more.end());
  return tests;
}

}  // namespace herald::tools::check
