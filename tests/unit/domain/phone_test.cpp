// Phone numbers as libphonenumber sees them, short codes, sender ids. The fast path is held to the library's own
// answer.
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include "domain/address.h"

namespace herald::domain {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::string_view kRegion = "US";

std::optional<std::string> as_recipient(std::string_view text) {
  const auto got = normalize_phone(text, AddressRole::kRecipient, kRegion);
  return got ? std::optional(*got) : std::nullopt;
}

std::optional<std::string> as_sender(std::string_view text) {
  const auto got = normalize_phone(text, AddressRole::kSender, kRegion);
  return got ? std::optional(*got) : std::nullopt;
}

std::optional<std::string> read_once(const std::string& text, const std::string& region) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  if (!util.IsPossibleNumber(number)) return std::nullopt;
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  return out;
}

// The rule in the library's own words: what it reads until nothing changes.
std::optional<std::string> by_library(const std::string& text, const std::string& region) {
  auto number = read_once(text, region);
  while (number) {
    auto again = read_once(*number, region);
    if (again == number) break;
    number = std::move(again);
  }
  return number;
}

void expect_as_library(const std::string& text) {
  ASSERT_EQ(as_recipient(text), by_library(text, std::string(kRegion))) << text;
}

TEST(PhoneNumber, InE164StaysAsItIs) {
  EXPECT_EQ(as_recipient("+14255550123"), "+14255550123");
}

TEST(PhoneNumber, WithPunctuationBecomesE164) {
  EXPECT_EQ(as_recipient("+1 (425) 555-0123"), "+14255550123");
}

TEST(PhoneNumber, WithoutPlusIsReadInTheDefaultRegion) {
  EXPECT_EQ(as_recipient("425-555-0123"), "+14255550123");
  EXPECT_EQ(*normalize_phone("020 7946 0018", AddressRole::kRecipient, "GB"), "+442079460018");
}

TEST(PhoneNumber, LosesANationalPrefixAfterThePlus) {
  EXPECT_EQ(as_recipient("+4402079460018"), "+442079460018");
}

// In Brazil a number may begin with what reads as a prefix once more when it is read again.
TEST(PhoneNumber, IsReadUntilNothingChanges) {
  for (const char* text : {"+5590996653707", "090 99665-3707", "+55996653707"}) {
    const auto number = normalize_phone(text, AddressRole::kRecipient, "BR");
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_EQ(*normalize_phone(*number, AddressRole::kRecipient, "BR"), *number) << text;
  }
  EXPECT_EQ(*normalize_phone("+5590996653707", AddressRole::kRecipient, "BR"), "+55996653707");
}

TEST(PhoneNumber, KeepsAnItalianLeadingZero) {
  EXPECT_EQ(as_recipient("+390612345678"), "+390612345678");
}

TEST(PhoneNumber, NeedsAPossibleLengthOnly) {
  EXPECT_EQ(as_recipient("+11111111111"), "+11111111111");
  EXPECT_EQ(as_recipient("+1425555012345"), std::nullopt);
  EXPECT_EQ(as_recipient("+1425"), std::nullopt);
}

TEST(PhoneNumber, OfAnUnknownCallingCodeIsRefused) {
  EXPECT_EQ(as_recipient("+999123456789"), std::nullopt);
}

TEST(PhoneNumber, WithAControlCharacterIsRefused) {
  EXPECT_EQ(as_recipient("+14255550123\r\nX: y"), std::nullopt);
  EXPECT_EQ(as_recipient(std::string_view("+1425\0005550123", 13)), std::nullopt);
  EXPECT_EQ(as_sender("+14255550123\n"), std::nullopt);
}

TEST(PhoneNumber, ThatIsEndlessIsRefused) {
  EXPECT_EQ(as_recipient(std::string(100'000, '1')), std::nullopt);
  EXPECT_EQ(as_recipient("+" + std::string(100'000, '1')), std::nullopt);
}

TEST(PhoneNumber, ThatIsEmptyOrOnlyAPlusIsRefused) {
  EXPECT_EQ(as_recipient(""), std::nullopt);
  EXPECT_EQ(as_recipient("+"), std::nullopt);
}

TEST(PhoneNumber, RefusalDoesNotRepeatTheAddress) {
  const auto refused = normalize_phone("+999123456789", AddressRole::kRecipient, kRegion);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("999123456789"), std::string::npos);
}

TEST(ShortCode, HasThreeToEightDigits) {
  EXPECT_EQ(as_recipient("123"), "123");
  EXPECT_EQ(as_recipient("12345"), "12345");
  EXPECT_EQ(as_recipient("12"), std::nullopt);
  EXPECT_EQ(as_recipient("123456789"), std::nullopt);
  EXPECT_EQ(as_recipient("12 45"), std::nullopt);
}

TEST(SenderId, HasOneToElevenCharactersAndALetter) {
  EXPECT_EQ(as_sender("A"), "A");
  EXPECT_EQ(as_sender("HERALD"), "HERALD");
  EXPECT_EQ(as_sender("Acme Bank 1"), "Acme Bank 1");
  EXPECT_EQ(as_sender("ABCDEFGHIJKL"), std::nullopt);
  EXPECT_EQ(as_sender("12"), std::nullopt);
}

TEST(SenderId, IsTheNameAlsoWhereALibraryWouldReadANumber) {
  EXPECT_EQ(as_sender("1800FLOWERS"), "1800FLOWERS");
}

TEST(SenderId, TakesNoOtherCharacters) {
  for (const char* text : {" HERALD", "HERALD ", "HER\tALD", "HER-ALD", "H\xc3\xa9rald", "<b>"}) {
    EXPECT_EQ(as_sender(text), std::nullopt) << text;
  }
}

TEST(SenderId, CannotReceive) {
  EXPECT_EQ(as_recipient("HERALD"), std::nullopt);
}

class PhoneFastPath : public ::testing::Test {
 protected:
  static std::set<int> codes() {
    std::set<int> codes;
    PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
    return codes;
  }

  std::string digits(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
      out += static_cast<char>('0' + pick(10));
    return out;
  }

  std::size_t pick(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

  // One random digit more, less or other.
  std::string mutated(std::string text) {
    const auto at = 1 + pick(text.size() - 1);
    const auto digit = static_cast<char>('0' + pick(10));
    switch (pick(3)) {
      case 0:
        text.insert(at, 1, digit);
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text[at] = digit;
    }
    return text.size() > 1 ? text : "+1";
  }

 private:
  std::mt19937 engine_{20'240'229};
};

TEST_F(PhoneFastPath, AgreesWithTheLibraryForEveryCodeFirstDigitAndLength) {
  for (const int code : codes()) {
    for (char first = '0'; first <= '9'; ++first) {
      for (std::size_t rest = 3; rest <= 12; rest += 1 + pick(2)) {
        expect_as_library("+" + std::to_string(code) + first + digits(rest));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(PhoneFastPath, AgreesWithTheLibraryOnExampleNumbersAndTheirMutations) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  util.GetSupportedRegions(&regions);
  for (const auto& region : regions) {
    for (int type = 0; type <= PhoneNumberUtil::VOICEMAIL; ++type) {
      PhoneNumber example;
      if (!util.GetExampleNumberForType(region, static_cast<PhoneNumberUtil::PhoneNumberType>(type), &example))
        continue;
      std::string text;
      util.Format(example, PhoneNumberUtil::E164, &text);
      expect_as_library(text);
      for (int i = 0; i < 5; ++i)
        expect_as_library(mutated(text));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(PhoneFastPath, AgreesWithTheLibraryOnNumbersThatCarryANationalPrefix) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  util.GetSupportedRegions(&regions);
  for (const auto& region : regions) {
    PhoneNumber example;
    if (!util.GetExampleNumber(region, &example)) continue;
    std::string national;
    util.GetNationalSignificantNumber(example, &national);
    const std::string code = "+" + std::to_string(example.country_code());
    // Every prefix that libphonenumber's metadata knows for parsing begins like one of these.
    for (const char* prefix :
         {"0",    "1",    "8",     "80",   "06", "01", "044",  "90", "015",  "0915",  "1831",  "17951",
          "1001", "1900", "15006", "1010", "9",  "20", "0549", "3",  "1115", "29115", "297415"}) {
      for (std::size_t tail = 4; tail <= national.size(); ++tail) {
        expect_as_library(code + prefix + national.substr(national.size() - tail));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(PhoneFastPath, AgreesWithTheLibraryForShortAndOddTexts) {
  for (int i = 0; i < 3000; ++i) {
    const std::string text = "+" + digits(pick(22));
    expect_as_library(text);
    if (HasFatalFailure()) return;
  }
}

TEST(Region, IsKnownByItsIsoCode) {
  EXPECT_TRUE(is_known_region("US"));
  EXPECT_TRUE(is_known_region("BG"));
  EXPECT_FALSE(is_known_region("us"));
  EXPECT_FALSE(is_known_region("XX"));
  EXPECT_FALSE(is_known_region("001"));
  EXPECT_FALSE(is_known_region(""));
}

}  // namespace
}  // namespace herald::domain
