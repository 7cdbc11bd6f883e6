#include "api/media_type.h"

#include <algorithm>

namespace herald::api {
namespace {

constexpr char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (lowered(c) >= 'a' && lowered(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') return value.substr(1, value.size() - 2);
  return value;
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

std::vector<std::string_view> split_outside_quotes(std::string_view list, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (quoted && list[i] == '\\') {
      ++i;
    } else if (list[i] == '"') {
      quoted = !quoted;
    } else if (list[i] == separator && !quoted) {
      parts.push_back(trimmed(list.substr(start, i - start)));
      start = i + 1;
    }
  }
  parts.push_back(trimmed(list.substr(start)));
  return parts;
}

bool parse_media_type(std::string_view text, MediaType& out) {
  const auto parts = split_outside_quotes(text, ';');
  const auto name = parts.front();
  const auto slash = name.find('/');
  out.type = trimmed(name.substr(0, slash));
  out.subtype = slash == std::string_view::npos ? (name == "*" ? "*" : "") : trimmed(name.substr(slash + 1));
  if (!is_token(out.type) || !is_token(out.subtype)) return false;
  out.parameters.clear();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    const auto equals = parts[i].find('=');
    if (equals == std::string_view::npos) return false;
    const auto key = trimmed(parts[i].substr(0, equals));
    if (!is_token(key)) return false;
    out.parameters.emplace_back(key, unquoted(trimmed(parts[i].substr(equals + 1))));
  }
  return true;
}

}  // namespace herald::api
