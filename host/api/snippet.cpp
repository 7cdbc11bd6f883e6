#include "api/snippet.h"

namespace herald::api {
namespace {

// The longest character of UTF-8, in octets: bounds what is no UTF-8 too.
constexpr std::size_t kMaxOctets = 4 * kSnippetCharacters;

constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string snippet_of(std::string_view body) {
  std::string snippet;
  std::size_t characters = 0;
  bool space = false;  // before the next character
  for (const char c : body) {
    if (is_space(c)) {
      space = !snippet.empty();
      continue;
    }
    if (space) {
      if (characters == kSnippetCharacters) break;
      snippet += ' ';
      ++characters;
      space = false;
    }
    if (!continues_character(c)) {
      if (characters == kSnippetCharacters) break;
      ++characters;
    }
    if (snippet.size() == kMaxOctets) break;
    snippet += c;
  }
  return snippet;
}

}  // namespace herald::api
