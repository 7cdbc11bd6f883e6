#include "providers/version.h"

#include <algorithm>
#include <cstddef>

namespace herald::providers {
namespace {

constexpr std::size_t kMaxBytes = 128;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_identifier_letter(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_identifier_letter);
}

bool is_all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

bool is_number(std::string_view text) {
  return !text.empty() && is_all_digits(text) && (text == "0" || text.front() != '0');
}

// An identifier of a pre-release: a number has no leading zero.
bool is_prerelease_part(std::string_view text) {
  return is_identifier(text) && (is_number(text) || !is_all_digits(text));
}

// What stands before the first `separator`, which is taken off `text` with it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

// How many parts between dots `text` has when every one of them passes, else 0.
std::size_t count_parts(std::string_view text, bool (*passes)(std::string_view)) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++count) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    if (!passes(text.substr(begin, end - begin))) return 0;
    begin = end + 1;
  }
  return count;
}

struct Parts {
  std::string_view numbers;     // "1.2.3"
  std::string_view prerelease;  // "rc.1", or empty
};

Parts parts_of(std::string_view text) {
  text = take_until(text, '+');
  const auto numbers = take_until(text, '-');
  return {numbers, text};
}

// Neither has a leading zero, so that the longer one is the greater one.
std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

std::weak_ordering compare_prerelease_parts(std::string_view left, std::string_view right) {
  const bool left_counts = is_all_digits(left);
  const bool right_counts = is_all_digits(right);
  if (left_counts && right_counts) return compare_numbers(left, right);
  if (left_counts != right_counts) return left_counts ? std::weak_ordering::less : std::weak_ordering::greater;
  return left.compare(right) <=> 0;
}

std::weak_ordering compare_part_by_part(std::string_view left, std::string_view right,
                                        std::weak_ordering (*compare)(std::string_view, std::string_view)) {
  while (!left.empty() && !right.empty()) {
    const auto order = compare(take_until(left, '.'), take_until(right, '.'));
    if (std::is_neq(order)) return order;
  }
  return right.empty() <=> left.empty();  // of two that begin alike, the longer one is the greater one
}

}  // namespace

bool is_semver(std::string_view text) {
  if (text.size() > kMaxBytes) return false;
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (count_parts(text.substr(plus + 1), is_identifier) == 0) return false;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    if (count_parts(text.substr(dash + 1), is_prerelease_part) == 0) return false;
    text = text.substr(0, dash);
  }
  return count_parts(text, is_number) == 3;
}

std::weak_ordering compare_versions(std::string_view left, std::string_view right) {
  const Parts a = parts_of(left);
  const Parts b = parts_of(right);
  if (const auto order = compare_part_by_part(a.numbers, b.numbers, compare_numbers); std::is_neq(order)) return order;
  if (a.prerelease.empty() || b.prerelease.empty()) return a.prerelease.empty() <=> b.prerelease.empty();
  return compare_part_by_part(a.prerelease, b.prerelease, compare_prerelease_parts);
}

}  // namespace herald::providers
