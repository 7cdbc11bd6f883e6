#include "base/digest.h"

#include <new>

#include <openssl/evp.h>

namespace herald::base {
namespace {

void require(int result) {
  if (result != 1) throw std::bad_alloc();
}

// Looked up once: a look-up takes locks and costs more than the digest of a short text. Lives as long as the process.
const EVP_MD* sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  begin();
}

void Sha256::begin() {
  require(EVP_DigestInit_ex(context_.get(), sha256(), nullptr));
}

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  begin();
  return digest;
}

}  // namespace herald::base
