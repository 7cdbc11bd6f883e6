#include "tools/check/made_config.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include <nlohmann/json.hpp>

#include "providers/config_schema.h"

namespace herald::tools::check {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;           // of references and members: a schema may refer to itself
constexpr std::size_t kMaxItems = 100;  // of an array; more would be no configuration

class Maker {
 public:
  explicit Maker(const json& root) : root_(root) {}

  // Null where nothing can be made: the check of the whole finds that out.
  json value_of(const json& schema, int depth = 0) const {
    if (!schema.is_object() || depth > kMaxDepth) return nullptr;
    for (const char* key : {"const", "default"}) {
      if (schema.contains(key)) return schema.at(key);
    }
    for (const char* key : {"enum", "examples"}) {
      if (schema.contains(key) && schema.at(key).is_array() && !schema.at(key).empty()) return schema.at(key).front();
    }
    if (schema.contains("$ref")) return value_of(referred(schema.at("$ref")), depth + 1);
    for (const char* key : {"anyOf", "oneOf"}) {
      if (schema.contains(key) && schema.at(key).is_array() && !schema.at(key).empty())
        return value_of(merged(schema, json::array({schema.at(key).front()}), key), depth + 1);
    }
    if (schema.contains("allOf") && schema.at("allOf").is_array())
      return value_of(merged(schema, schema.at("allOf"), "allOf"), depth + 1);
    return by_type(schema, depth);
  }

 private:
  json referred(const json& reference) const {
    const auto text = reference.is_string() ? reference.get<std::string>() : std::string();
    if (text.empty() || text.front() != '#') return nullptr;
    const json::json_pointer place(text.substr(1));
    return root_.contains(place) ? root_.at(place) : json();
  }

  // `schema` without `key`, with what the parts say beside it.
  json merged(const json& schema, const json& parts, const char* key) const {
    json whole = schema;
    whole.erase(key);
    for (const json& named : parts) {
      json part = named.contains("$ref") ? referred(named.at("$ref")) : named;
      if (!part.is_object()) continue;
      if (part.contains("required") && whole.contains("required")) {
        for (const json& name : whole.at("required"))
          part["required"].push_back(name);
      }
      whole.merge_patch(part);
    }
    return whole;
  }

  static std::string type_of(const json& schema) {
    if (schema.contains("type")) {
      const json& type = schema.at("type");
      if (type.is_string()) return type.get<std::string>();
      if (type.is_array() && !type.empty() && type.front().is_string()) return type.front().get<std::string>();
    }
    if (schema.contains("properties") || schema.contains("required")) return "object";
    if (schema.contains("items")) return "array";
    if (schema.contains("minimum") || schema.contains("maximum")) return "number";
    return "string";
  }

  json by_type(const json& schema, int depth) const {
    const std::string type = type_of(schema);
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer" || type == "number") return number(schema, type == "integer");
    if (type == "boolean") return false;
    if (type == "string") return text(schema);
    return nullptr;
  }

  json object(const json& schema, int depth) const {
    json made = json::object();
    const json properties = schema.value("properties", json::object());
    const json required = schema.value("required", json::array());
    for (const json& name : required) {
      if (!name.is_string()) continue;
      const auto key = name.get<std::string>();
      made[key] = value_of(properties.value(key, json::object()), depth + 1);
    }
    return made;
  }

  json array(const json& schema, int depth) const {
    json made = json::array();
    const auto least = std::min<std::size_t>(schema.value("minItems", std::size_t{0}), kMaxItems);
    for (std::size_t i = 0; i < least; ++i)
      made.push_back(value_of(schema.value("items", json::object()), depth + 1));
    return made;
  }

  static json number(const json& schema, bool whole) {
    const auto bound = [&schema](const char* key) { return schema.contains(key) && schema.at(key).is_number(); };
    double value = 0;
    if (bound("maximum")) value = std::min(value, schema.at("maximum").get<double>());
    if (bound("exclusiveMaximum")) value = std::min(value, schema.at("exclusiveMaximum").get<double>() - 1);
    if (bound("minimum")) value = std::max(value, schema.at("minimum").get<double>());
    if (bound("exclusiveMinimum") && value <= schema.at("exclusiveMinimum").get<double>())
      value = schema.at("exclusiveMinimum").get<double>() + 1;
    const double step = bound("multipleOf") ? schema.at("multipleOf").get<double>() : 0;
    if (step > 0) value = std::ceil(value / step) * step;
    if (!whole) return value;
    return static_cast<std::int64_t>(std::ceil(value));
  }

  static json text(const json& schema) {
    const auto format = schema.value("format", std::string());
    // Port 9 (RFC 863) of this machine, where as a rule nobody listens: what is made shall lead nowhere.
    if (format == "uri") return "http://127.0.0.1:9/";
    if (format == "email") return "nobody@localhost";
    if (format == "hostname") return "localhost";
    if (format == "ipv4") return "127.0.0.1";
    std::string made = "herald-check";
    const auto least = schema.value("minLength", std::size_t{0});
    if (made.size() < least) made.resize(least, 'x');
    return made.substr(0, schema.value("maxLength", made.size()));
  }

  const json& root_;
};

}  // namespace

base::Result<std::string> made_config(std::string_view schema) {
  if (schema.empty()) return std::string("{}");
  try {
    json root = json::parse(schema);
    if (root.is_object() && !root.contains("type")) root["type"] = "object";  // as every configuration is
    const std::string made = Maker(root).value_of(root).dump();
    const auto fits = providers::check_config(schema, made);
    if (fits) return made;
    return base::fail(base::ErrorCode::kInvalid, fits.error().message);
  } catch (const std::exception& error) {
    return base::fail(base::ErrorCode::kInvalid, std::string("its schema cannot be read: ") + error.what());
  }
}

}  // namespace herald::tools::check
