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

// RFC 4231, cases 1, 2 and 6.
TEST(HmacSha256, IsThatOfTheRfc) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), {"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", {"what do ya want ", "", "for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), {"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, IsTheSameOnlyWhereEveryOctetIs) {
  const auto digest = sha256("abc");
  EXPECT_TRUE(same_in_constant_time(digest, sha256("abc")));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    auto other = digest;
    other[i] ^= 1U;
    EXPECT_FALSE(same_in_constant_time(digest, other)) << i;
  }
}

TEST(Digest, ReadsWhatItWritesAndNothingElse) {
  const auto text = to_hex(sha256("abc"));
  EXPECT_EQ(parse_digest(text), sha256("abc"));
  for (const auto& other : {text.substr(1), text + "0", std::string(64, 'g'), std::string(64, 'A'), std::string()})
    EXPECT_FALSE(parse_digest(other)) << other;
}

}  // namespace
}  // namespace herald::base
