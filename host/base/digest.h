// SHA-256 (FIPS 180-4). The library that computes it stays behind digest.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
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

}  // namespace herald::base
