#include "providers/schema_faults.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

constexpr int kMaxDepth = 128;  // of steps through the schema and the document together; each recurses
constexpr std::size_t kMaxFaults = 50;
constexpr std::size_t kMaxShownBytes = 300;

// A value of the schema's.
std::string shown(const json& value) {
  return one_line(value.dump(-1, ' ', false, json::error_handler_t::replace), kMaxShownBytes);
}

std::string listed(const json& values) {
  std::string text;
  for (const json& value : values)
    text += (text.empty() ? "" : ", ") + shown(value);
  return text;
}

std::string with_article(const json& type) {
  auto name = type.is_string() ? type.get<std::string>() : std::string("value");
  if (name == "null") return name;
  return (name == "array" || name == "integer" || name == "object" ? "an " : "a ") + one_line(name, 20);
}

std::string expected_type(const json& types) {
  if (!types.is_array()) return with_article(types);
  std::string text;
  for (const json& type : types)
    text += (text.empty() ? "" : " or ") + with_article(type);
  return text;
}

std::string found_type(const json& value) {
  return with_article(value.is_number() ? json("number") : json(value.type_name()));
}

// Keywords whose rule is said by their own value.
struct Rule {
  const char* keyword;
  const char* before;
  const char* after;
};

constexpr std::array kRules{Rule{"minimum", "must be at least ", ""},
                            Rule{"maximum", "must be at most ", ""},
                            Rule{"exclusiveMinimum", "must be more than ", ""},
                            Rule{"exclusiveMaximum", "must be less than ", ""},
                            Rule{"multipleOf", "must be a multiple of ", ""},
                            Rule{"minLength", "must have at least ", " characters"},
                            Rule{"maxLength", "must have at most ", " characters"},
                            Rule{"pattern", "must match the pattern ", ""},
                            Rule{"format", "must have the format ", ""},
                            Rule{"const", "must be ", ""},
                            Rule{"minItems", "must have at least ", " entries"},
                            Rule{"maxItems", "must have at most ", " entries"},
                            Rule{"minProperties", "must have at least ", " members"},
                            Rule{"maxProperties", "must have at most ", " members"}};

// Keywords whose rule is another schema, or several.
constexpr std::array<std::pair<const char*, const char*>, 6> kForms{
    {{"anyOf", "must have one of the forms that the plugin's schema allows (anyOf)"},
     {"oneOf", "must have exactly one of the forms that the plugin's schema allows (oneOf)"},
     {"not", "must not have the form that the plugin's schema excludes (not)"},
     {"contains", "must have an entry of the form that the plugin's schema demands (contains)"},
     {"uniqueItems", "must not hold an entry twice"},
     {"propertyNames", "must have members with names that the plugin's schema allows (propertyNames)"}}};

class Explanation {
 public:
  Explanation(const json& root, const Fits& fits) : root_(root), fits_(fits) {}

  std::vector<domain::DocumentFault> faults;

  void visit(const json& schema, const json& value, const Pointer& at, int depth) {
    if (depth > kMaxDepth || faults.size() >= kMaxFaults) return;
    if (schema == false) return add(at, "must be absent: the plugin's schema allows no value here");
    if (!schema.is_object()) return;
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      if (const json* const target = resolved(*reference)) visit(*target, value, at, depth + 1);
      return;  // draft 7: what stands beside a reference is ignored
    }
    if (breaks(schema, "type", value))
      return add(at, "must be " + expected_type(schema["type"]) + "; found " + found_type(value));
    judge(schema, value, at);
    if (const auto all = schema.find("allOf"); all != schema.end() && all->is_array()) {
      for (const json& one : *all)
        visit(one, value, at, depth + 1);
    }
    if (value.is_object()) visit_members(schema, value, at, depth + 1);
    if (value.is_array()) visit_items(schema, value, at, depth + 1);
  }

 private:
  void add(const Pointer& at, std::string message) {
    domain::DocumentFault fault{at.to_string(), std::move(message)};
    const auto same = [&fault](const auto& known) {
      return known.pointer == fault.pointer && known.message == fault.message;
    };
    if (std::none_of(faults.begin(), faults.end(), same)) faults.push_back(std::move(fault));
  }

  // The definitions come along, for the references in it.
  bool breaks(const json& schema, const char* keyword, const json& value) const {
    const auto rule = schema.find(keyword);
    if (rule == schema.end()) return false;
    json alone{{keyword, *rule}};
    if (const auto known = root_.find("definitions"); known != root_.end()) alone["definitions"] = *known;
    return !fits_(alone, value);
  }

  void judge(const json& schema, const json& value, const Pointer& at) {
    if (breaks(schema, "enum", value)) add(at, "must be one of " + listed(schema["enum"]));
    for (const Rule& rule : kRules) {
      if (breaks(schema, rule.keyword, value)) add(at, rule.before + shown(schema[rule.keyword]) + rule.after);
    }
    for (const auto& [keyword, message] : kForms) {
      if (breaks(schema, keyword, value)) add(at, message);
    }
  }

  const json* resolved(const json& reference) const {
    if (!reference.is_string() || !reference.get_ref<const std::string&>().starts_with('#')) return nullptr;
    try {
      return &root_.at(Pointer(reference.get_ref<const std::string&>().substr(1)));
    } catch (const json::exception&) {
      return nullptr;
    }
  }

  void visit_members(const json& schema, const json& value, const Pointer& at, int depth) {
    if (const auto required = schema.find("required"); required != schema.end() && required->is_array()) {
      for (const json& name : *required) {
        if (name.is_string() && !value.contains(name.get_ref<const std::string&>()))
          add(at / name.get_ref<const std::string&>(), "is required");
      }
    }
    const auto properties = schema.value("properties", json::object());
    const auto others = schema.find("additionalProperties");
    for (const auto& member : value.items()) {
      const Pointer place = at / member.key();
      const auto own = properties.find(member.key());
      if (own != properties.end()) {
        visit(*own, member.value(), place, depth);
      } else if (others != schema.end() && breaks_alone(schema, member.key(), member.value())) {
        if (*others == false)
          add(place, unknown_member(properties));
        else
          visit(*others, member.value(), place, depth);
      } else {
        visit_patterns(schema, member.key(), member.value(), place, depth);
      }
    }
  }

  static std::string unknown_member(const json& properties) {
    std::string known;
    for (const auto& property : properties.items())
      known += (known.empty() ? "" : ", ") + property.key();
    return "is not known to the plugin; " + (known.empty() ? std::string("it knows no members") : "it knows " + known);
  }

  // The member is one of the others, and they are at fault: not one that a pattern names.
  bool breaks_alone(const json& schema, const std::string& name, const json& value) const {
    json alone{{"additionalProperties", schema["additionalProperties"]}};
    if (const auto patterns = schema.find("patternProperties"); patterns != schema.end()) {
      for (const auto& pattern : patterns->items())
        alone["patternProperties"][pattern.key()] = json::object();
    }
    if (const auto known = root_.find("definitions"); known != root_.end()) alone["definitions"] = *known;
    return !fits_(alone, json{{name, value}});
  }

  void visit_patterns(const json& schema, const std::string& name, const json& value, const Pointer& at, int depth) {
    const auto patterns = schema.find("patternProperties");
    if (patterns == schema.end() || !patterns->is_object()) return;
    for (const auto& pattern : patterns->items()) {
      const json names_it{{"patternProperties", {{pattern.key(), false}}}};
      if (!fits_(names_it, json{{name, value}})) visit(pattern.value(), value, at, depth);
    }
  }

  void visit_items(const json& schema, const json& value, const Pointer& at, int depth) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!items->is_array())
        visit(*items, value[i], at / i, depth);
      else if (i < items->size())
        visit((*items)[i], value[i], at / i, depth);
    }
  }

  const json& root_;
  const Fits& fits_;
};

}  // namespace

std::vector<domain::DocumentFault> schema_faults(const json& schema, const json& document, const Fits& fits) {
  Explanation explanation(schema, fits);
  explanation.visit(schema, document, Pointer{}, 0);
  return std::move(explanation.faults);
}

}  // namespace herald::providers
