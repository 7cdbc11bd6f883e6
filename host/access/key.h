// A key to the REST interface. Its secret is shown once, when it is made; what is kept is its SHA-256. A secret holds
// 256 random bits, so a fast digest without salt is as hard to turn round as a slow one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/scope.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"

namespace herald::access {

struct Key {
  std::string id;  // 16 hexadecimal digits; no secret: it names the key in lists and in the log
  base::Sha256Digest digest{};
  Scopes scopes;
  base::WallTime made_at{};
  std::optional<base::WallTime> expires_at;  // never without
  std::string name;                          // for people
};

// What is asked of a new key.
struct KeyRequest {
  std::string name;
  Scopes scopes;
  std::optional<base::WallTime> expires_at;
};

struct MintedKey {
  Key key;
  std::string secret;  // "herald_<id>_<64 hexadecimal digits>"
};

// All pure, from any thread.
MintedKey mint(const KeyRequest& request, base::WallTime now, const base::Entropy& entropy);

// The id of the key that has this secret; nothing for a text that is no secret.
std::optional<std::string_view> id_in(std::string_view secret);

bool is_key_id(std::string_view text);

// 1 to 64 visible ASCII characters and inner blanks: it stands in a list and in log lines.
bool is_key_name(std::string_view text);

}  // namespace herald::access
