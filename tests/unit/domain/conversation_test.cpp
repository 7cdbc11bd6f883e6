// The key under which a conversation is known.
#include "domain/conversation.h"

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include "domain/address.h"

namespace herald::domain {
namespace {

constexpr std::string_view kRegion = "US";

// Addresses as clients and carriers write them, from a fixed seed: numbers of every region with and without
// punctuation, short codes, sender ids (also such as can be read as numbers), mailboxes with capitals and tags, and
// rubbish.
class Addresses {
 public:
  std::string phone() {
    const auto digits = std::to_string(2'015'550'100 + below(90));
    switch (below(8)) {
      case 0:
        return "+1" + digits;
      case 1:
        return "+1 (" + digits.substr(0, 3) + ") " + digits.substr(3, 3) + "-" + digits.substr(6);
      case 2:
        return digits;
      case 3:
        return example_of(below(regions_.size()), i18n::phonenumbers::PhoneNumberUtil::E164);
      case 4:
        return example_of(below(regions_.size()), i18n::phonenumbers::PhoneNumberUtil::INTERNATIONAL);
      case 5:
        return kSenderIds.at(below(kSenderIds.size()));
      case 6:
        return kRubbish.at(below(kRubbish.size()));
      default:
        return std::to_string(10'000 + below(90));
    }
  }
  std::string mailbox() {
    std::string text = std::string(below(2) == 0 ? "Jane" : "john") + std::to_string(below(20));
    if (below(2) == 0) text += "+tag" + std::to_string(below(5));
    return text + (below(2) == 0 ? "@Example.com" : "@example.org");
  }
  Channel channel() { return kChannels.at(below(kChannels.size())); }
  std::string of(Channel channel) { return channel == Channel::kEmail ? mailbox() : phone(); }

 private:
  static constexpr std::array kSenderIds{"1800FLOWERS", "A2530000", "Herald", "My Shop", "2FA"};
  static constexpr std::array kRubbish{"a<->b", "b<->c", "a", "c", "%3C", "<", "anonymous!", "\xc3\xa4<->", "a%3C->b"};

  static std::vector<std::string> all_regions() {
    std::set<std::string> known;
    i18n::phonenumbers::PhoneNumberUtil::GetInstance()->GetSupportedRegions(&known);
    return {known.begin(), known.end()};
  }
  std::string example_of(std::size_t region, i18n::phonenumbers::PhoneNumberUtil::PhoneNumberFormat format) const {
    const auto& library = *i18n::phonenumbers::PhoneNumberUtil::GetInstance();
    i18n::phonenumbers::PhoneNumber number;
    std::string text = "+12015550100";
    if (library.GetExampleNumber(regions_.at(region), &number)) library.Format(number, format, &text);
    return text;
  }
  const std::vector<std::string> regions_ = all_regions();

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_); }
  std::mt19937 random_{20'260'101};
};

std::string normalized(Channel channel, const std::string& text) {
  return known_form(channel, text, kRegion);
}

constexpr int kRounds = 2'000;

TEST(ConversationKey, IsChannelAndBothAddressesInOrder) {
  EXPECT_EQ(conversation_key(Channel::kSms, "+12", "+11"), "sms:+11<->+12");
  EXPECT_EQ(conversation_key(Channel::kEmail, "b@x.org", "a@x.org"), "email:a@x.org<->b@x.org");
}

TEST(ConversationKey, KeepsPairsApartWhoseRawAddressesHoldTheSeparator) {
  EXPECT_NE(conversation_key(Channel::kSms, "a<->b", "c"), conversation_key(Channel::kSms, "a", "b<->c"));
  EXPECT_NE(conversation_key(Channel::kSms, "a<->b", "c"), conversation_key(Channel::kSms, "a%3C->b", "c"));
}

TEST(ConversationKey, TakesASenderIdForANameAtBothEnds) {
  const auto out = conversation_key(Channel::kSms, normalized(Channel::kSms, "1800FLOWERS"), "+12015550100");
  const auto in = conversation_key(Channel::kSms, "+12015550100", normalized(Channel::kSms, "1800FLOWERS"));
  EXPECT_EQ(out, "sms:+12015550100<->1800FLOWERS");
  EXPECT_EQ(in, out);
}

TEST(ConversationKey, IsTheSameInBothDirections) {
  Addresses addresses;
  for (int round = 0; round < kRounds; ++round) {
    const auto channel = addresses.channel();
    const auto one = normalized(channel, addresses.of(channel));
    const auto other = normalized(channel, addresses.of(channel));
    ASSERT_EQ(conversation_key(channel, one, other), conversation_key(channel, other, one));
  }
}

TEST(ConversationKey, IsTheSameForAnAddressThatWasNormalisedAgain) {
  Addresses addresses;
  for (int round = 0; round < kRounds; ++round) {
    const auto channel = addresses.channel();
    const auto one = normalized(channel, addresses.of(channel));
    const auto other = normalized(channel, addresses.of(channel));
    ASSERT_EQ(conversation_key(channel, one, other),
              conversation_key(channel, normalized(channel, one), normalized(channel, other)));
  }
}

TEST(ConversationKey, IsAnotherForOtherAddressesOrAnotherChannel) {
  Addresses addresses;
  using Parties = std::pair<Channel, std::pair<std::string, std::string>>;
  std::map<std::string, Parties> seen;
  for (int round = 0; round < kRounds; ++round) {
    const auto channel = addresses.channel();
    auto one = normalized(channel, addresses.of(channel));
    auto other = normalized(channel, addresses.of(channel));
    const auto key = conversation_key(channel, one, other);
    if (other < one) std::swap(one, other);
    const Parties parties{channel, {one, other}};
    ASSERT_EQ(seen.try_emplace(key, parties).first->second, parties) << key;
  }
  EXPECT_GT(seen.size(), 100U);
}

TEST(ConversationKey, GoesByOctetsNotByTheSignOfACharacter) {
  EXPECT_EQ(conversation_key(Channel::kEmail, "\xC3\xA9@x.org", "z@x.org"), "email:z@x.org<->\xC3\xA9@x.org");
}

TEST(ConversationKey, OfSomeoneWithThemselvesNamesThemTwice) {
  EXPECT_EQ(conversation_key(Channel::kSms, "+11", "+11"), "sms:+11<->+11");
}

}  // namespace
}  // namespace herald::domain
