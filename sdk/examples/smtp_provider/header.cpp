#include "header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace smtp {
namespace {

constexpr std::size_t kLine = 78;         // RFC 5322 section 2.1.1, without the CRLF
constexpr std::size_t kEncodedWord = 75;  // RFC 2047 section 2
constexpr std::string_view kWordBegin = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t block = 0;
    for (std::size_t k = 0; k < 3; ++k)
      block = block << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : kAlphabet[block >> (18U - 6U * k) & 63U];
  }
  return out;
}

// The length of the UTF-8 sequence at the front; 0 when there is none (RFC 3629).
std::size_t sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return at(i) >= 0x80 && at(i) <= 0xBF; };
  const unsigned first = at(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F)) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4 || (first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F)) return 0;
  return follows(1) && follows(2) && follows(3) ? 4 : 0;
}

// What a reader would get back unchanged without encoding: ASCII, no look of an encoded word, no space at an end, where
// readers trim it.
bool is_plain(std::string_view value) {
  if (value.empty()) return true;
  if (value.front() == ' ' || value.back() == ' ' || value.find("=?") != std::string_view::npos) return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Folded before spaces that a word follows. Empty when a word is too long for its line.
std::string folded(std::size_t column, std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const auto word = value.find_first_not_of(' ');
    const auto length = std::min(value.find(' ', word), value.size());
    if (column + length > kLine) {
      if (length > kLine || word == 0) return {};
      out += "\r\n";
      column = 0;
    }
    out += value.substr(0, length);
    column += length;
    value.remove_prefix(length);
  }
  return out;
}

// No character is torn apart between two words, and readers drop the line breaks between them.
std::string encoded_words(std::size_t column, std::string_view value) {
  std::string out;
  std::string chunk;
  const auto room = [](std::size_t from) {
    const auto width = std::min(kEncodedWord, kLine > from ? kLine - from : 0);
    const auto frame = kWordBegin.size() + kWordEnd.size();
    return width > frame ? (width - frame) / 4 * 3 : 0;
  };
  const auto flush = [&] {
    out.append(kWordBegin).append(base64(chunk)).append(kWordEnd);
    chunk.clear();
  };
  std::size_t fits = room(column);
  while (!value.empty()) {
    const auto length = std::max<std::size_t>(sequence(value), 1);
    if (chunk.size() + length > fits) {
      if (!chunk.empty()) flush();
      out += "\r\n ";
      fits = room(1);
    }
    chunk += value.substr(0, length);
    value.remove_prefix(length);
  }
  flush();
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

bool fits_header(std::string_view text) {
  while (!text.empty()) {
    const auto length = sequence(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || first < ' ' || first == 0x7F) return false;
    // The controls of ISO 6429, U+0080 to U+009F.
    if (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string text_header(std::string_view name, std::string_view value) {
  std::string out(name);
  out += ": ";
  std::string written = is_plain(value) ? folded(out.size(), value) : std::string();
  if (written.empty() && !value.empty()) written = encoded_words(out.size(), value);
  return out + written + "\r\n";
}

std::string address_header(std::string_view name, std::string_view display_name, std::string_view address) {
  std::string out(name);
  out += ": ";
  if (display_name.empty()) return out.append(address) + "\r\n";
  // A quoted string is not folded, so a long name is encoded too.
  const std::string plain = is_plain(display_name) ? quoted(display_name) : std::string();
  const bool fits = !plain.empty() && out.size() + plain.size() <= kLine;
  out += fits ? plain : encoded_words(out.size(), display_name);
  return out + "\r\n <" + std::string(address) + ">\r\n";
}

std::string mail_date(std::chrono::system_clock::time_point time) {
  using std::chrono::seconds;
  static constexpr std::array<const char*, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t kDay = 86'400;
  constexpr std::int64_t kFirst = -2'208'988'800;  // 1900-01-01T00:00:00Z
  constexpr std::int64_t kLast = 253'402'300'799;  // 9999-12-31T23:59:59Z
  const auto whole = std::chrono::time_point_cast<seconds>(time);
  std::int64_t since = whole.time_since_epoch().count();
  if (whole > time) --since;  // the cast rounds towards 1970
  since = std::min(std::max(since, kFirst), kLast);
  const std::int64_t days = (since >= 0 ? since : since - (kDay - 1)) / kDay;
  const std::int64_t second = since - days * kDay;

  // Days since 0000-03-01, so that the leap day ends a year; an era is 400 of them.
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = shifted / 146'097;
  const std::int64_t of_era = shifted % 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * march_month + 2) / 5 + 1;
  const std::int64_t month = march_month < 10 ? march_month + 2 : march_month - 10;  // from 0
  const std::int64_t year = era * 400 + year_of_era + (month < 2 ? 1 : 0);

  std::array<char, 64> text{};
  // The longest date that a time has fits.
  static_cast<void>(std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                                  kDays[static_cast<std::size_t>(((days % 7) + 7) % 7)], static_cast<int>(day),
                                  kMonths[static_cast<std::size_t>(month)], static_cast<int>(year),
                                  static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                                  static_cast<int>(second % 60)));
  return text.data();
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t kBytes = 57;  // 76 characters, RFC 2045 section 6.8
  std::string out;
  out.reserve(bytes.size() / kBytes * 78 + 80);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kBytes, bytes.size())))
    out.append(base64(bytes.substr(0, kBytes))).append("\r\n");
  return out;
}

}  // namespace smtp
