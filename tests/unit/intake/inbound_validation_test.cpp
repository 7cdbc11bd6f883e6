// The rules for what carriers bring, field by field.
#include "intake/inbound_validation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace herald::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using namespace std::string_literals;

constexpr base::WallTime kNow = test::ManualClock::kStart;

class InboundRules : public ::testing::Test {
 protected:
  static InboundRequest sms() {
    InboundRequest request;
    request.source = InboundSource::kSmsWebhook;
    request.channel = domain::Channel::kSms;
    request.from = "+12025550123";
    request.to = "(202) 555-0142";
    request.body = "Yes please";
    request.provider_message_id = "SM1";
    return request;
  }
  static InboundRequest mms() {
    auto request = sms();
    request.channel = domain::Channel::kMms;
    return request;
  }
  static InboundRequest email() {
    InboundRequest request;
    request.source = InboundSource::kEmailWebhook;
    request.from = "Jo+a@Example.org";
    request.to = "shop@example.com";
    request.body = "<p>Yes</p>";
    request.provider_message_id = "<1@example.org>";
    return request;
  }
  static InboundRequest mock(domain::Channel channel) {
    auto request = sms();
    request.source = InboundSource::kMock;
    request.channel = channel;
    request.provider_message_id.reset();
    return request;
  }

  auto judge(InboundRequest request) const { return validate(std::move(request), options_, kNow); }

  // The message of a request that must be sound.
  domain::NewInbound message_of(InboundRequest request) const {
    auto judged = judge(std::move(request));
    if (judged) return *std::move(judged);
    ADD_FAILURE() << judged.error().list().at(0).pointer << " " << judged.error().list().at(0).message;
    return {};
  }

  std::vector<std::string> faults_of(InboundRequest request) const {
    std::vector<std::string> pointers;
    const auto judged = judge(std::move(request));
    if (judged) return pointers;
    for (const auto& fault : judged.error().list())
      pointers.push_back(fault.pointer);
    return pointers;
  }

  Options options_;
};

TEST_F(InboundRules, PassASoundMessageOfEachSource) {
  EXPECT_EQ(message_of(sms()).content.channel, domain::Channel::kSms);
  EXPECT_EQ(message_of(email()).content.channel, domain::Channel::kEmail);
  for (const auto channel : domain::kChannels)
    EXPECT_EQ(message_of(mock(channel)).content.channel, channel);
}

TEST_F(InboundRules, KeepWhatWasWrittenByteForByte) {
  auto request = email();
  request.subject = "Re: caf\xc3\xa9";
  request.body = " <p>\r\n\t</p>\n<b>x</b> ";
  const auto message = message_of(request);
  EXPECT_EQ(message.content.from, "Jo+a@Example.org");
  EXPECT_EQ(message.normalized_from, "jo@example.org");
  EXPECT_EQ(message.content.subject, "Re: caf\xc3\xa9");
  EXPECT_EQ(message.content.body, " <p>\r\n\t</p>\n<b>x</b> ");
  EXPECT_EQ(message.provider_message_id, "<1@example.org>");
  EXPECT_EQ(message.received_at, kNow);
}

TEST_F(InboundRules, NormaliseBothAddresses) {
  const auto message = message_of(sms());
  EXPECT_EQ(message.normalized_from, "+12025550123");
  EXPECT_EQ(message.normalized_to, "+12025550142");
  EXPECT_EQ(message.content.to, "(202) 555-0142");
}

TEST_F(InboundRules, LetAnAddressStandThatCannotBeNormalised) {
  auto request = sms();
  request.from = "+0 unknown caller";
  EXPECT_EQ(message_of(request).normalized_from, "+0 unknown caller");
  request = email();
  request.from = "Jo Doe <jo@example.org>";
  EXPECT_EQ(message_of(request).normalized_from, "Jo Doe <jo@example.org>");
  request.from = std::string(kMaxInboundAddress, 'x');
  EXPECT_EQ(message_of(request).normalized_from.size(), kMaxInboundAddress);
}

TEST_F(InboundRules, RefuseAnAddressThatCannotBeKept) {
  for (const auto& text : {""s, std::string(kMaxInboundAddress + 1, 'x'), "a\nb"s, "a\0b"s, "\xff"s, "\xc2\x85"s}) {
    auto request = sms();
    request.from = text;
    request.to = text;
    EXPECT_THAT(faults_of(request), ElementsAre("/from", "/to")) << testing::PrintToString(text);
  }
}

TEST_F(InboundRules, TellOfEverythingAtOnce) {
  InboundRequest request;
  request.source = InboundSource::kSmsWebhook;
  request.attachments = {"nonsense"};
  request.subject = "a\nb";
  EXPECT_THAT(faults_of(request),
              UnorderedElementsAre("/type", "/from", "/to", "/subject", "/attachments/0", "/messaging_provider_id"));
  request = {};
  request.source = InboundSource::kEmailWebhook;
  EXPECT_THAT(faults_of(request), UnorderedElementsAre("/from", "/to", "/body", "/xillio_id"));
  EXPECT_THAT(faults_of(InboundRequest{}), UnorderedElementsAre("/channel", "/from", "/to", "/body"));
}

TEST_F(InboundRules, DoNotRepeatWhatTheDecoderFound) {
  InboundRequest request;
  request.source = InboundSource::kSmsWebhook;
  for (const char* field : {"/type", "/from", "/to", "/body", "/attachments", "/messaging_provider_id"})
    request.faults.add(field, "must be something else");
  EXPECT_EQ(faults_of(request).size(), 6U);
}

TEST_F(InboundRules, HoldTheMocksTypeAgainstItsChannel) {
  auto request = mock(domain::Channel::kMms);
  request.type = domain::Channel::kMms;
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.type = domain::Channel::kSms;
  EXPECT_THAT(faults_of(request), ElementsAre("/type"));
  request.channel = domain::Channel::kEmail;
  EXPECT_THAT(faults_of(request), ElementsAre("/type"));
}

TEST_F(InboundRules, TakeNoEmailByTheSmsWebhook) {
  auto request = sms();
  request.channel = domain::Channel::kEmail;
  EXPECT_THAT(faults_of(request), ElementsAre("/type"));
}

TEST_F(InboundRules, NeedWordsOrAnAttachment) {
  for (const char* blank : {"", " ", "\n\xe3\x80\x80"}) {
    auto request = mms();
    request.body = blank;
    EXPECT_THAT(faults_of(request), ElementsAre("/body"));
    request.attachments = {"https://example.com/cat.png"};
    EXPECT_EQ(message_of(request).content.body, blank);
    request.body.reset();
    EXPECT_EQ(message_of(request).content.body, "");
  }
}

TEST_F(InboundRules, TakeAnMmsWithoutAnAttachment) {
  EXPECT_THAT(faults_of(mms()), IsEmpty());
}

TEST_F(InboundRules, BoundAttachments) {
  auto request = mms();
  request.attachments.assign(8, "https://example.com/cat.png");
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.attachments.push_back("nonsense");
  EXPECT_THAT(faults_of(request), ElementsAre("/attachments"));
  request.attachments.assign({"https://example.com/a", "ftp://example.com/b"});
  EXPECT_THAT(faults_of(request), ElementsAre("/attachments/1"));
}

TEST_F(InboundRules, NeedTheCarriersIdFromItsWebhooks) {
  auto request = sms();
  request.provider_message_id.reset();
  EXPECT_THAT(faults_of(request), ElementsAre("/messaging_provider_id"));
  request = email();
  request.provider_message_id.reset();
  EXPECT_THAT(faults_of(request), ElementsAre("/xillio_id"));
  EXPECT_EQ(message_of(mock(domain::Channel::kSms)).provider_message_id, "");
}

TEST_F(InboundRules, BoundTheCarriersId) {
  for (const auto& id : {""s, " "s, std::string(256, 'x'), "a\tb"s, "\xff"s}) {
    auto request = sms();
    request.provider_message_id = id;
    EXPECT_THAT(faults_of(request), ElementsAre("/messaging_provider_id")) << testing::PrintToString(id);
  }
  std::string longest;
  for (int i = 0; i < 255; ++i)
    longest += "\xc3\xa4";
  auto request = sms();
  request.provider_message_id = longest;
  EXPECT_EQ(message_of(request).provider_message_id, longest);
}

TEST_F(InboundRules, LetTheTimeOfReceiptStandInForATimestamp) {
  EXPECT_EQ(message_of(sms()).content.timestamp, kNow);
  auto request = sms();
  request.timestamp = base::from_unix_ms(1);
  EXPECT_EQ(message_of(request).content.timestamp, base::from_unix_ms(1));
  for (const auto ms : {INT64_MAX, INT64_MIN, std::int64_t{253'402'300'800'000}}) {
    request.timestamp = base::from_unix_ms(ms);
    EXPECT_EQ(message_of(request).content.timestamp, kNow) << ms;
  }
}

class CarriersRules : public InboundRules {
 protected:
  static domain::CarrierMessage message(std::string from) {
    domain::CarrierMessage made;
    made.channel = domain::Channel::kMms;
    made.from = std::move(from);
    made.to = "+12025550142";
    made.body = "Yes";
    return made;
  }

  std::vector<std::string> faults_of(domain::CarrierEvents events) const {
    std::vector<std::string> pointers;
    const auto judged = validate(std::move(events), options_, kNow);
    if (judged) return pointers;
    for (const auto& fault : judged.error().list())
      pointers.push_back(fault.pointer);
    return pointers;
  }

  domain::CarrierEvents events_;
};

TEST_F(CarriersRules, AreTheSameForEachMessage) {
  events_.messages = {message("+12025550123"), message(""), message("a\nb")};
  events_.messages[0].provider_message_id = "\n";
  events_.messages[1].body = "";
  EXPECT_THAT(faults_of(events_), ElementsAre("/messages/0/provider_message_id", "/messages/1/from", "/messages/1/body",
                                              "/messages/2/from"));
}

TEST_F(CarriersRules, NeedNoId) {
  events_.messages = {message("+12025550123")};
  EXPECT_THAT(faults_of(events_), IsEmpty());
}

TEST_F(CarriersRules, TakeNoBytesThatAreNoText) {
  events_.messages = {message("+12025550123"), message("+12025550123")};
  events_.messages[0].body = "\xff";
  events_.messages[1].subject = "\xff";
  EXPECT_THAT(faults_of(events_), ElementsAre("/messages/0/body", "/messages/1/subject"));
}

TEST_F(CarriersRules, NeedTheIdOfAReceipt) {
  events_.receipts = {{"id", true, ""}, {"", true, ""}, {std::string(256, 'x'), true, ""}, {"id", false, "a\nb"}};
  EXPECT_THAT(faults_of(events_), ElementsAre("/receipts/1/provider_message_id", "/receipts/2/provider_message_id",
                                              "/receipts/3/error_code"));
}

TEST_F(CarriersRules, CutAReceiptsErrorCodeBetweenCharacters) {
  events_.receipts = {{"id", false, std::string(63, 'x') + "\xc3\xa4"}, {"id", false, std::string(64, 'y')}};
  const auto judged = validate(events_, options_, kNow);
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->receipts[0].error_code, std::string(63, 'x'));
  EXPECT_EQ(judged->receipts[1].error_code, std::string(64, 'y'));
}

TEST_F(CarriersRules, TellOfTheFirstFaultsOfThousands) {
  events_.messages.assign(1000, message(""));
  EXPECT_EQ(faults_of(events_).size(), Faults::kMax);
}

}  // namespace
}  // namespace herald::intake
