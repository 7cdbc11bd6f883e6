// SipHash-2-4 against the paper's own example and the first of its authors' test vectors: the key 00 01 … 0f, and as
// text the octets 00 01 … of each length.
#include "intake/siphash.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::intake {
namespace {

constexpr SipKey kPaperKey{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

std::string octets(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += static_cast<char>(i);
  return text;
}

TEST(SipHash, IsThatOfThePaper) {
  EXPECT_EQ(siphash(kPaperKey, octets(15)), 0xa129ca6149be45e5U);
}

TEST(SipHash, IsThatOfItsAuthorsVectors) {
  EXPECT_EQ(siphash(kPaperKey, octets(0)), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(siphash(kPaperKey, octets(1)), 0x74f839c593dc67fdU);
  EXPECT_EQ(siphash(kPaperKey, octets(8)), 0x93f5f5799a932462U);
}

TEST(SipHash, DependsOnEveryPartOfTheKey) {
  const auto text = octets(9);
  EXPECT_NE(siphash({1, 2}, text), siphash({2, 2}, text));
  EXPECT_NE(siphash({1, 2}, text), siphash({1, 1}, text));
}

TEST(SipHash, TellsTextsApartThatEndInZeros) {
  EXPECT_NE(siphash(kPaperKey, std::string(1, '\0')), siphash(kPaperKey, std::string(2, '\0')));
  EXPECT_NE(siphash(kPaperKey, std::string()), siphash(kPaperKey, std::string(8, '\0')));
}

}  // namespace
}  // namespace herald::intake
