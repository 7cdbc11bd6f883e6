// Phone numbers, short codes and sender ids. Mailboxes are in mailbox.cpp.
#include "domain/address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

namespace herald::domain {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Longer than anything that libphonenumber parses (250), so that nothing longer is even copied.
constexpr std::size_t kMaxPhoneText = 250;
constexpr std::size_t kMaxSenderId = 11;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

const PhoneNumberUtil& library() {
  static const PhoneNumberUtil& instance = []() -> PhoneNumberUtil& {
    auto* util = PhoneNumberUtil::GetInstance();
    util->SetLogger(new i18n::phonenumbers::NullLogger);  // else it writes to standard output; owned by the library
    return *util;
  }();
  return instance;
}

bool is_possible(const PhoneNumber& number) {
  return library().IsPossibleNumber(number);
}

// First digits with which the "national prefix for parsing" of a calling code can begin (libphonenumber's metadata,
// main region of the code). libphonenumber may take such digits off a number even after "+", so the fast path leaves
// them to it. Codes that are not listed have no prefix or one that begins with 0.
struct PrefixDigits {
  int calling_code;
  std::string_view digits;
};
constexpr std::array kPrefixDigits{
    PrefixDigits{1, "1"},    PrefixDigits{7, "8"},   PrefixDigits{52, "1"},  PrefixDigits{54, "123456789"},
    PrefixDigits{55, "9"},   PrefixDigits{61, "1"},  PrefixDigits{86, "1"},  PrefixDigits{261, "2456789"},
    PrefixDigits{298, "1"},  PrefixDigits{352, "1"}, PrefixDigits{370, "8"}, PrefixDigits{375, "8"},
    PrefixDigits{378, "89"}, PrefixDigits{423, "1"}, PrefixDigits{506, "1"}, PrefixDigits{672, "123456789"},
    PrefixDigits{692, "1"},  PrefixDigits{993, "8"}, PrefixDigits{998, "8"},
};

// What the fast path knows of a calling code; both are sets of small numbers, one bit each.
struct CodeRule {
  std::uint32_t lengths = 0;       // possible lengths of the number after the code
  std::uint32_t plain_digits = 0;  // first digits that no national prefix begins with
};

constexpr std::size_t kMinNational = 2;  // libphonenumber's own bounds
constexpr std::size_t kMaxNational = 17;
constexpr std::size_t kMaxCallingCode = 999;
using CodeRules = std::array<CodeRule, kMaxCallingCode + 1>;

std::uint32_t possible_lengths(int calling_code) {
  std::uint32_t lengths = 0;
  std::uint64_t national = 20;  // only its length matters
  for (std::size_t length = kMinNational; length <= kMaxNational; ++length, national *= 10) {
    PhoneNumber number;
    number.set_country_code(calling_code);
    number.set_national_number(national);
    if (is_possible(number)) lengths |= 1U << length;
  }
  return lengths;
}

std::uint32_t plain_digits(int calling_code) {
  std::uint32_t digits = 0b11'1111'1110;  // 0 is the common national prefix, and in Italy a part of the number
  for (const auto& entry : kPrefixDigits) {
    if (entry.calling_code != calling_code) continue;
    for (const char c : entry.digits)
      digits &= ~(1U << static_cast<unsigned>(c - '0'));
  }
  return digits;
}

const CodeRules& code_rules() {
  static const CodeRules rules = [] {
    CodeRules made;
    std::set<int> codes;
    library().GetSupportedCallingCodes(&codes);
    for (const int code : codes) {
      if (code < 1 || code > static_cast<int>(kMaxCallingCode)) continue;
      made[static_cast<std::size_t>(code)] = CodeRule{possible_lengths(code), plain_digits(code)};
    }
    return made;
  }();
  return rules;
}

// True when `text` is E.164 already and libphonenumber would find it possible and leave it as it is. False says
// nothing: the library decides then. No calling code is the beginning of another, so the first that fits is the one.
bool is_plain_e164(std::string_view text) {
  if (text.size() < 2 || text.size() > 1 + 3 + kMaxNational || text.front() != '+' || text[1] == '0') return false;
  if (!std::all_of(text.begin() + 1, text.end(), is_digit)) return false;
  std::size_t code = 0;
  for (std::size_t end = 1; end <= 3 && end + 1 < text.size(); ++end) {
    code = code * 10 + static_cast<std::size_t>(text[end] - '0');
    const CodeRule& rule = code_rules()[code];
    if (rule.lengths == 0) continue;
    const auto national = text.substr(end + 1);
    return national.size() <= kMaxNational && ((rule.lengths >> national.size()) & 1U) != 0 &&
           ((rule.plain_digits >> static_cast<unsigned>(national.front() - '0')) & 1U) != 0;
  }
  return false;
}

std::optional<std::string> parsed(const std::string& text, std::string_view default_region) {
  PhoneNumber number;
  const auto error = library().Parse(text, std::string(default_region), &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || !is_possible(number)) return std::nullopt;
  std::string out;
  library().Format(number, PhoneNumberUtil::E164, &out);
  return out;
}

// E.164 of what libphonenumber calls a possible number; nothing for all else. What it reads once may still begin with
// what it takes for a carrier's code or a national prefix the next time ("090 99665-3707" in Brazil), so it reads until
// nothing changes: one number, and one conversation, however often it comes back to us.
std::optional<std::string> possible_number(std::string_view text, std::string_view default_region) {
  constexpr int kMostReadings = 16;  // each takes a digit or more, of the 15 that there are at most
  if (is_plain_e164(text)) return std::string(text);
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  auto number = parsed(std::string(text), default_region);
  for (int reading = 1; number && reading < kMostReadings; ++reading) {
    if (is_plain_e164(*number)) break;
    auto again = parsed(*number, default_region);
    if (again == number) break;
    number = std::move(again);
  }
  return number;
}

bool is_short_code(std::string_view text) {
  return text.size() >= 3 && text.size() <= 8 && std::all_of(text.begin(), text.end(), is_digit);
}

// Letters, digits and, between them, spaces: what carriers pass on of GSM 03.40's alphanumeric addresses.
bool is_sender_id(std::string_view text) {
  if (text.empty() || text.size() > kMaxSenderId || text.front() == ' ' || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c) || c == ' '; }) &&
         std::any_of(text.begin(), text.end(), is_letter);
}

}  // namespace

base::Result<std::string> normalize_phone(std::string_view text, AddressRole role, std::string_view default_region) {
  if (text.empty()) return base::fail(base::ErrorCode::kInvalid, "must not be empty");
  if (text.size() > kMaxPhoneText) return base::fail(base::ErrorCode::kInvalid, "is too long for a phone number");
  // A sender id comes before the number: libphonenumber reads "1800FLOWERS" and even "A2530000" as numbers, but who
  // sends under such a name means the name.
  if (role == AddressRole::kSender && is_sender_id(text)) return std::string(text);
  if (auto number = possible_number(text, default_region)) return *std::move(number);
  if (is_short_code(text)) return std::string(text);
  return base::fail(
      base::ErrorCode::kInvalid,
      role == AddressRole::kSender
          ? "must be a phone number (E.164 such as +14255550123 is best), a short code of 3 to 8 digits, or "
            "an alphanumeric sender id of 1 to 11 characters with at least one letter"
          : "must be a phone number (E.164 such as +14255550123 is best) or a short code of 3 to 8 digits");
}

std::string known_form(Channel channel, std::string_view text, std::string_view default_region) {
  auto form = channel == Channel::kEmail ? normalize_mailbox(text)
                                         : normalize_phone(text, AddressRole::kSender, default_region);
  return form ? *std::move(form) : std::string(text);
}

bool is_known_region(std::string_view region) {
  static const std::set<std::string> regions = [] {
    std::set<std::string> known;
    library().GetSupportedRegions(&known);
    return known;
  }();
  return regions.count(std::string(region)) != 0;
}

}  // namespace herald::domain
