#include "access/key.h"

#include <algorithm>

namespace herald::access {
namespace {

constexpr std::string_view kPrefix = "herald_";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kSecretDigits = 64;
constexpr std::size_t kMaxName = 64;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string hex(const std::uint8_t* octets, std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[octets[i] >> 4U];
    text += kDigits[octets[i] & 15U];
  }
  return text;
}

}  // namespace

MintedKey mint(const KeyRequest& request, base::WallTime now, const base::Entropy& entropy) {
  static_assert(std::tuple_size_v<base::Entropy> == (kIdDigits + kSecretDigits) / 2);
  MintedKey minted;
  minted.key.id = hex(entropy.data(), kIdDigits / 2);
  minted.secret = std::string(kPrefix) + minted.key.id + "_" + hex(entropy.data() + kIdDigits / 2, kSecretDigits / 2);
  minted.key.digest = base::sha256(minted.secret);
  minted.key.scopes = request.scopes;
  minted.key.made_at = now;
  minted.key.expires_at = request.expires_at;
  minted.key.name = request.name;
  return minted;
}

std::optional<std::string_view> id_in(std::string_view secret) {
  if (secret.size() != kPrefix.size() + kIdDigits + 1 + kSecretDigits) return std::nullopt;
  if (secret.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  secret.remove_prefix(kPrefix.size());
  const auto id = secret.substr(0, kIdDigits);
  if (!is_hex(id) || secret[kIdDigits] != '_' || !is_hex(secret.substr(kIdDigits + 1))) return std::nullopt;
  return id;
}

bool is_key_id(std::string_view text) {
  return text.size() == kIdDigits && is_hex(text);
}

bool is_key_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace herald::access
