#include "providers/secret_places.h"

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <utility>

namespace herald::providers {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

// Of steps through the schema and the document together; each recurses.
constexpr int kMaxDepth = 256;

class Search {
 public:
  explicit Search(const json& root) : root_(root) {}

  std::vector<Pointer> found;

  void visit(const json& schema, const json& value, const Pointer& at, int depth) {
    if (depth > kMaxDepth || !schema.is_object() || is_found(at)) return;
    // A schema may lead back to itself, in more than one way.
    if (!seen_.emplace(&schema, &value).second) return;
    const auto mark = schema.find("writeOnly");
    if (!at.empty() && mark != schema.end() && *mark == true) {
      found.push_back(at);
      return;
    }
    visit_same(schema, value, at, depth + 1);
    if (value.is_object()) visit_properties(schema, value, at, depth + 1);
    if (value.is_array()) visit_items(schema, value, at, depth + 1);
  }

 private:
  bool is_found(const Pointer& at) const { return std::find(found.begin(), found.end(), at) != found.end(); }

  // Schemas that apply to the value itself.
  void visit_same(const json& schema, const json& value, const Pointer& at, int depth) {
    for (const char* keyword : {"if", "then", "else", "not"}) {
      if (const auto one = schema.find(keyword); one != schema.end()) visit(*one, value, at, depth);
    }
    for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
      const auto several = schema.find(keyword);
      if (several == schema.end() || !several->is_array()) continue;
      for (const json& one : *several)
        visit(one, value, at, depth);
    }
    if (const auto dependencies = schema.find("dependencies");
        dependencies != schema.end() && dependencies->is_object()) {
      for (const json& one : *dependencies)
        visit(one, value, at, depth);  // those that are arrays of names say nothing
    }
    if (const auto reference = schema.find("$ref"); reference != schema.end() && reference->is_string()) {
      if (const json* const target = resolved(reference->get_ref<const std::string&>()))
        visit(*target, value, at, depth);
    }
  }

  const json* resolved(const std::string& reference) const {
    if (reference.empty() || reference.front() != '#') return nullptr;
    try {
      return &root_.at(Pointer(reference.substr(1)));
    } catch (const json::exception&) {
      return nullptr;  // the schema is of no use to the check either, which says so
    }
  }

  void visit_properties(const json& schema, const json& value, const Pointer& at, int depth) {
    const auto properties = schema.find("properties");
    const auto patterns = schema.find("patternProperties");
    const auto others = schema.find("additionalProperties");
    for (const auto& entry : value.items()) {
      bool named = false;
      if (properties != schema.end() && properties->is_object()) {
        if (const auto own = properties->find(entry.key()); own != properties->end()) {
          named = true;
          visit(*own, entry.value(), at / entry.key(), depth);
        }
      }
      if (patterns != schema.end() && patterns->is_object()) {
        for (const auto& pattern : patterns->items()) {
          if (!fits(entry.key(), pattern.key())) continue;
          named = true;
          visit(pattern.value(), entry.value(), at / entry.key(), depth);
        }
      }
      if (!named && others != schema.end()) visit(*others, entry.value(), at / entry.key(), depth);
    }
  }

  // A pattern that cannot be read fits: better one value hidden too much.
  static bool fits(const std::string& name, const std::string& pattern) {
    try {
      return std::regex_search(name, std::regex(pattern, std::regex::ECMAScript));
    } catch (const std::regex_error&) {
      return true;
    }
  }

  void visit_items(const json& schema, const json& value, const Pointer& at, int depth) {
    const auto items = schema.find("items");
    const auto more = schema.find("additionalItems");
    const auto contained = schema.find("contains");
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (items != schema.end() && items->is_array()) {
        if (i < items->size())
          visit((*items)[i], value[i], at / i, depth);
        else if (more != schema.end())
          visit(*more, value[i], at / i, depth);
      } else if (items != schema.end()) {
        visit(*items, value[i], at / i, depth);
      }
      if (contained != schema.end()) visit(*contained, value[i], at / i, depth);
    }
  }

  const json& root_;
  std::set<std::pair<const json*, const json*>> seen_;
};

}  // namespace

std::vector<Pointer> secret_places(const json& schema, const json& document) {
  Search search(schema);
  search.visit(schema, document, Pointer(), 0);
  return std::move(search.found);
}

}  // namespace herald::providers
