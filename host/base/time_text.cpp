#include "base/time_text.h"

#include <array>
#include <cstdio>

namespace herald::base {
namespace {

// Reads exactly `count` digits at `at`; -1 when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is(std::string_view text, std::size_t at, char wanted) {
  return at < text.size() && text[at] == wanted;
}

struct Fraction {
  int ms = 0;
  std::size_t end = 0;
};

// The fraction that may follow the seconds at `at`; cut, not rounded, so that a time never moves forward.
std::optional<Fraction> fraction(std::string_view text, std::size_t at) {
  if (!is(text, at, '.')) return Fraction{0, at};
  int ms = 0;
  std::size_t i = at + 1;
  int scale = 100;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') {
    ms += (text[i] - '0') * scale;
    scale /= 10;
    ++i;
  }
  if (i == at + 1) return std::nullopt;
  return Fraction{ms, i};
}

std::optional<std::chrono::minutes> offset(std::string_view text, std::size_t at) {
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return std::chrono::minutes{0};
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') return std::nullopt;
  const int hours = digits(text, at + 1, 2);
  const int minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const std::chrono::minutes size{hours * 60 + minutes};
  return text[at] == '-' ? -size : size;
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> out{};
  const int length =
      std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {out.data(), static_cast<std::size_t>(length)};
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const bool separated = is(text, 4, '-') && is(text, 7, '-') && (is(text, 10, 'T') || is(text, 10, 't')) &&
                         is(text, 13, ':') && is(text, 16, ':');
  if (!separated || year < 0 || month < 0 || day < 0) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const auto part = fraction(text, 19);
  if (!part || part->end >= text.size()) return std::nullopt;
  const auto east = offset(text, part->end);
  if (!east) return std::nullopt;
  return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + Milliseconds{part->ms} - *east;
}

}  // namespace herald::base
