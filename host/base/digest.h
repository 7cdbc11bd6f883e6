// SHA-256 (FIPS 180-4), and HMAC over it (FIPS 198-1). The library that computes them stays behind digest.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// OpenSSL's own name of what it computes in.
struct evp_md_ctx_st;

namespace herald::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

// The digest of what is added, in order. One thread at a time. Throws std::bad_alloc when the library has no memory,
// which is all that it can fail for.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() = default;

  void add(std::string_view bytes);

  // Of all that was added; what is added from here on begins anew.
  Sha256Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };

  void begin();

  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256Digest sha256(std::string_view bytes);

// Of the parts, one behind the other. Throws as Sha256 does.
Sha256Digest hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);

// In a time that does not depend on where they differ.
bool same_in_constant_time(const Sha256Digest& left, const Sha256Digest& right);

// 64 hexadecimal digits in lower case; parsing takes no other form.
std::string to_hex(const Sha256Digest& digest);
std::optional<Sha256Digest> parse_digest(std::string_view hex);

}  // namespace herald::base
