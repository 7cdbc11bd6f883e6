// SHA-256 against the examples of FIPS 180-4 (NIST's "SHA256.pdf").
#include "base/digest.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::base {
namespace {

std::string hex(const Sha256Digest& digest) {
  std::string text;
  for (const auto octet : digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 15U];
  }
  return text;
}

std::string digest_of(std::string_view text) {
  Sha256 sha;
  sha.add(text);
  return hex(sha.finish());
}

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  Sha256 sha;
  sha.add("a");
  sha.add("");
  sha.add("bc");
  EXPECT_EQ(hex(sha.finish()), digest_of("abc"));
}

TEST(Sha256, BeginsAnewOnceItHasFinished) {
  Sha256 sha;
  sha.add("what came before");
  sha.finish();
  sha.add("abc");
  EXPECT_EQ(hex(sha.finish()), digest_of("abc"));
}

}  // namespace
}  // namespace herald::base
