#include "config/wording.h"

#include <algorithm>
#include <cctype>

namespace herald::config {
namespace {

constexpr std::size_t kMaxQuoted = 80;
constexpr std::size_t kMaxCompared = 64;  // names are shorter; bounds the work on what is none

std::string folded(std::string_view text) {
  while (!text.empty() && text.front() == '-')
    text.remove_prefix(1);
  std::string plain;
  for (const char c : text.substr(0, kMaxCompared)) {
    const bool separates = c == '-' || c == '.' || c == '_';
    plain += separates ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain.rfind("api_", 0) == 0 ? plain.substr(4) : plain;
}

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

// How many bytes of the front of `text` are one character that could end a line or steer a terminal: C0, DEL, C1,
// U+2028, U+2029.
std::size_t control_bytes(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(at < text.size() ? text[at] : 0); };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) return 2;
  const bool separates = byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9);
  return separates ? 3 : 0;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  const bool cut = text.size() > kMaxQuoted;
  if (cut) {
    std::size_t end = kMaxQuoted;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      --end;  // not inside a UTF-8 sequence
    text = text.substr(0, end);
  }
  return "\"" + escaped(text, "\"\\") + (cut ? "…\"" : "\"");
}

std::string escaped(std::string_view text, std::string_view also) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result;
  std::size_t hidden = 0;  // bytes of a longer control character that are still to come
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (hidden == 0) hidden = control_bytes(text.substr(i));
    if (hidden > 0) {
      --hidden;
      result += "\\x";
      result += kHex[byte >> 4U];
      result += kHex[byte & 0xFU];
    } else {
      if (also.find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

std::string nearest(std::string_view text, const std::vector<std::string>& candidates) {
  const std::string wanted = folded(text);
  const std::size_t tolerated = std::max<std::size_t>(1, wanted.size() / 4);
  std::string best;
  std::size_t best_distance = tolerated + 1;
  for (const auto& candidate : candidates) {
    const std::size_t found = distance(wanted, folded(candidate));
    if (found < best_distance) {
      best_distance = found;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates) {
  const std::string meant = nearest(text, candidates);
  return meant.empty() ? std::string() : "; did you mean " + meant + "?";
}

}  // namespace herald::config
