#include "intake/siphash.h"

#include <bit>
#include <cstddef>

namespace herald::intake {
namespace {

struct State {
  std::uint64_t v0;
  std::uint64_t v1;
  std::uint64_t v2;
  std::uint64_t v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void take(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

// Up to eight octets as a little-endian number.
std::uint64_t word_of(std::string_view octets) {
  std::uint64_t word = 0;
  for (std::size_t i = octets.size(); i-- > 0;)
    word = (word << 8U) | static_cast<unsigned char>(octets[i]);
  return word;
}

}  // namespace

std::uint64_t siphash(const SipKey& key, std::string_view text) {
  // The constants are the paper's, section 2.
  State state{key[0] ^ 0x736f6d6570736575U, key[1] ^ 0x646f72616e646f6dU, key[0] ^ 0x6c7967656e657261U,
              key[1] ^ 0x7465646279746573U};
  const auto length = static_cast<std::uint64_t>(text.size());
  while (text.size() >= 8) {
    state.take(word_of(text.substr(0, 8)));
    text.remove_prefix(8);
  }
  state.take(word_of(text) | (length << 56U));
  state.v2 ^= 0xffU;
  for (int i = 0; i < 4; ++i)
    state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace herald::intake
