#include "access/scope.h"

#include <algorithm>
#include <array>

namespace herald::access {
namespace {

constexpr std::array kAll{Scope::kSend, Scope::kRead, Scope::kAdmin};

}  // namespace

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::kSend:
      return "send";
    case Scope::kRead:
      return "read";
    case Scope::kAdmin:
      break;
  }
  return "admin";
}

std::optional<Scopes> Scopes::parse(std::string_view text) {
  Scopes scopes;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto word = text.substr(start, end - start);
    const auto* const found =
        std::find_if(kAll.begin(), kAll.end(), [word](Scope scope) { return to_string(scope) == word; });
    if (found == kAll.end() || scopes.covers(*found)) return std::nullopt;
    scopes.bits_ |= bit(*found);
    start = end + 1;
  }
  return scopes;
}

std::string Scopes::text() const {
  std::string text;
  for (const auto scope : kAll) {
    if (!covers(scope)) continue;
    if (!text.empty()) text += ',';
    text += to_string(scope);
  }
  return text;
}

}  // namespace herald::access
