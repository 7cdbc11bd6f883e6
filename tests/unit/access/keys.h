// Keys whose randomness a test chooses.
#pragma once

#include <optional>
#include <string>

#include "access/key_list.h"
#include "support/manual_clock.h"

namespace herald::test {

// Each `seed` gives another key.
inline access::MintedKey minted(std::uint8_t seed, const char* scopes = "send,read",
                                std::optional<base::WallTime> expires_at = std::nullopt) {
  base::Entropy entropy{};
  entropy.fill(seed);
  return access::mint({"shop", *access::Scopes::parse(scopes), expires_at}, ManualClock::kStart, entropy);
}

inline std::string list_of(std::initializer_list<access::MintedKey> keys) {
  access::KeyList list;
  for (const auto& key : keys)
    list.add(key.key);
  return list.text();
}

}  // namespace herald::test
