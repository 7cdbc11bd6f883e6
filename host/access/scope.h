// What a key may be used for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace herald::access {

enum class Scope : std::uint8_t { kSend, kRead, kAdmin };

std::string_view to_string(Scope scope);  // "send", "read", "admin"

// A set of scopes. None covers another: who may administer may send only where that was granted too. Pure.
class Scopes {
 public:
  // "send,read": each at most once, at least one, without blanks.
  static std::optional<Scopes> parse(std::string_view text);

  bool covers(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  std::string text() const;

 private:
  static unsigned bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }

  unsigned bits_ = 0;
};

}  // namespace herald::access
