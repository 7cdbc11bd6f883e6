// The beginning of a body.
#include "api/snippet.h"

#include <gtest/gtest.h>

namespace herald::api {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

TEST(Snippet, IsTheWholeOfAShortBody) {
  EXPECT_EQ(snippet_of("Hello"), "Hello");
  EXPECT_EQ(snippet_of(""), "");
  EXPECT_EQ(snippet_of(std::string(100, 'x')), std::string(100, 'x'));
}

TEST(Snippet, EndsAfterAHundredCharacters) {
  EXPECT_EQ(snippet_of(std::string(101, 'x')), std::string(100, 'x'));
  EXPECT_EQ(snippet_of(std::string(99, 'x') + " y"), std::string(99, 'x') + " ");
}

TEST(Snippet, CountsCharactersAndCutsNone) {
  for (const char* character : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\xa8"}) {
    EXPECT_EQ(snippet_of(times(101, character)), times(100, character));
    EXPECT_EQ(snippet_of(std::string(99, 'x') + character + character), std::string(99, 'x') + character);
  }
}

TEST(Snippet, CollapsesWhiteSpace) {
  EXPECT_EQ(snippet_of("  Dear\r\n\r\n\tJo,  thank \v\f you \n"), "Dear Jo, thank you");
  EXPECT_EQ(snippet_of(" \n\t"), "");
  EXPECT_EQ(snippet_of(times(200, "a  ")), times(50, "a "));
}

TEST(Snippet, IsBoundedForWhatIsNoUtf8) {
  EXPECT_LE(snippet_of(std::string(100'000, '\x80')).size(), 400U);
  EXPECT_EQ(snippet_of(std::string(1'000, '\xff')).size(), 100U);
}

}  // namespace
}  // namespace herald::api
