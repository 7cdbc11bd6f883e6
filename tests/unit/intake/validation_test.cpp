// The rules of a request, field by field, and that every fault is told at once.
#include "intake/validation.h"

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

class Validation : public ::testing::Test {
 protected:
  static SendRequest sms() {
    SendRequest request;
    request.channel = domain::Channel::kSms;
    request.from = "+12025550123";
    request.to = "+12025550142";
    request.body = "Hello";
    return request;
  }

  static SendRequest mms() {
    auto request = sms();
    request.channel = domain::Channel::kMms;
    request.attachments = {"https://example.com/cat.png"};
    return request;
  }

  static SendRequest email() {
    SendRequest request;
    request.medium = Medium::kEmail;
    request.from = "Shop+eu@example.com";
    request.to = "jo@example.org";
    request.body = "<p>Hello</p>";
    return request;
  }

  tl::expected<Checked, Faults> judge(SendRequest request) const {
    return validate(std::move(request), options_, test::ManualClock::kStart);
  }

  std::vector<std::string> faults_of(SendRequest request) const {
    std::vector<std::string> pointers;
    const auto judged = judge(std::move(request));
    if (judged) return pointers;
    for (const auto& fault : judged.error().list())
      pointers.push_back(fault.pointer);
    return pointers;
  }

  Options options_;
};

TEST_F(Validation, PassesASoundRequestOfEachKind) {
  EXPECT_EQ(judge(sms())->content.channel, domain::Channel::kSms);
  EXPECT_EQ(judge(mms())->content.channel, domain::Channel::kMms);
  EXPECT_EQ(judge(email())->content.channel, domain::Channel::kEmail);
}

TEST_F(Validation, KeepsAddressesAsWrittenBesideTheirNormalisedForm) {
  auto request = sms();
  request.to = "(202) 555-0142";
  const auto checked = judge(request);
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->content.to, "(202) 555-0142");
  EXPECT_EQ(checked->normalized_to, "+12025550142");
  EXPECT_EQ(judge(email())->content.from, "Shop+eu@example.com");
  EXPECT_EQ(judge(email())->normalized_from, "shop@example.com");
}

TEST_F(Validation, ReadsNumbersInTheConfiguredRegion) {
  options_.default_region = "GB";
  auto request = sms();
  request.to = "020 7946 0018";
  EXPECT_EQ(judge(request)->normalized_to, "+442079460018");
}

TEST_F(Validation, ListsEverythingThatIsMissing) {
  EXPECT_THAT(faults_of(SendRequest{}), UnorderedElementsAre("/from", "/to", "/type", "/body"));
  SendRequest empty_email;
  empty_email.medium = Medium::kEmail;
  EXPECT_THAT(faults_of(empty_email), UnorderedElementsAre("/from", "/to", "/body"));
}

TEST_F(Validation, ListsEverythingThatIsWrong) {
  auto request = mms();
  request.from = "";
  request.to = "nobody";
  request.body = " \r\n\t";
  request.attachments = {"https://example.com/ok", "ftp://example.com"};
  request.ttl_seconds = 0;
  EXPECT_THAT(faults_of(request), UnorderedElementsAre("/from", "/to", "/body", "/attachments/1", "/ttl_seconds"));
}

TEST_F(Validation, AddsToWhatTheDecoderFoundAndRepeatsNothing) {
  auto request = sms();
  request.to.reset();
  request.faults.add("/to", "must be a string");
  request.body.reset();
  EXPECT_THAT(faults_of(request), ElementsAre("/to", "/body"));
}

TEST_F(Validation, LetsOnlyASenderHaveAName) {
  auto request = sms();
  request.from = "HERALD";
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.to = "HERALD";
  EXPECT_THAT(faults_of(request), ElementsAre("/to"));
}

TEST_F(Validation, TakesShortCodesAtBothEnds) {
  auto request = sms();
  request.from = "12345";
  request.to = "54321";
  EXPECT_THAT(faults_of(request), IsEmpty());
}

TEST_F(Validation, ReadsAMailboxForEmailOnly) {
  auto request = email();
  request.to = "+12025550142";
  EXPECT_THAT(faults_of(request), ElementsAre("/to"));
  auto phone = sms();
  phone.to = "jo@example.org";
  EXPECT_THAT(faults_of(phone), ElementsAre("/to"));
}

TEST_F(Validation, RefusesABodyOfWhiteSpaceInAnyScript) {
  for (const char* blank : {"", " ", "\r\n\t\v\f", "\xc2\xa0", "\xe3\x80\x80 \xe2\x80\x83", "\xe2\x80\xa8"}) {
    auto request = sms();
    request.body = blank;
    EXPECT_THAT(faults_of(request), ElementsAre("/body"));
    request = email();
    request.body = blank;
    EXPECT_THAT(faults_of(request), ElementsAre("/body"));
  }
}

TEST_F(Validation, KeepsABodyByteForByte) {
  for (const std::string& body : {std::string("  x\r\n"), std::string("a\0b", 3), std::string("\0", 1),
                                  std::string("\xf0\x9f\x93\xa8"), std::string("\xe2\x80\x8b")}) {
    auto request = sms();
    request.body = body;
    const auto checked = judge(request);
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->content.body, body);
  }
}

TEST_F(Validation, WantsAnAttachmentForMmsOnly) {
  auto request = mms();
  request.attachments.clear();
  EXPECT_THAT(faults_of(request), ElementsAre("/attachments"));
  EXPECT_THAT(faults_of(sms()), IsEmpty());
  EXPECT_THAT(faults_of(email()), IsEmpty());
}

TEST_F(Validation, CountsAttachments) {
  auto request = mms();
  request.attachments.assign(options_.max_attachments, "https://example.com/x");
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.attachments.emplace_back("https://example.com/x");
  EXPECT_THAT(faults_of(request), ElementsAre("/attachments"));
}

TEST_F(Validation, KeepsASubjectWithinItsLine) {
  auto request = email();
  request.subject = "Re: \xd0\x9f\xd0\xbe\xd1\x80\xd1\x8a\xd1\x87\xd0\xba\xd0\xb0\t1";
  EXPECT_THAT(faults_of(request), IsEmpty());
  for (const std::string& subject : {std::string("a\r\nBcc: x@example.com"), std::string("a\nb"), std::string("a\rb"),
                                     std::string("a\0b", 3), std::string("a\x7f")}) {
    request.subject = subject;
    EXPECT_THAT(faults_of(request), ElementsAre("/subject"));
  }
}

TEST_F(Validation, TakesTheTimeOfTheRequestForAnAbsentTimestamp) {
  EXPECT_EQ(judge(sms())->content.timestamp, test::ManualClock::kStart);
  auto request = sms();
  request.timestamp = base::from_unix_ms(5);
  EXPECT_EQ(judge(request)->content.timestamp, base::from_unix_ms(5));
}

TEST_F(Validation, RefusesATimestampThatRfc3339CannotWrite) {
  auto request = sms();
  request.timestamp = base::from_unix_ms(253'402'300'799'999);  // 9999-12-31T23:59:59.999Z
  EXPECT_THAT(faults_of(request), IsEmpty());
  request.timestamp = base::from_unix_ms(253'402'300'800'000);
  EXPECT_THAT(faults_of(request), ElementsAre("/timestamp"));
  request.timestamp = base::from_unix_ms(-62'167'219'200'001);  // before 0000-01-01
  EXPECT_THAT(faults_of(request), ElementsAre("/timestamp"));
}

TEST_F(Validation, BoundsTheTimeToLive) {
  EXPECT_EQ(judge(sms())->ttl, options_.message_ttl);
  auto request = sms();
  for (const std::int64_t ttl : {std::int64_t{1}, std::int64_t{31} * 86'400}) {
    request.ttl_seconds = ttl;
    EXPECT_EQ(judge(request)->ttl, std::chrono::seconds{ttl});
  }
  for (const std::int64_t ttl :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{31} * 86'400 + 1, INT64_MAX, INT64_MIN}) {
    request.ttl_seconds = ttl;
    EXPECT_THAT(faults_of(request), ElementsAre("/ttl_seconds"));
  }
}

TEST_F(Validation, TellsABoundedNumberOfFaults) {
  options_.max_attachments = 100;
  auto request = mms();
  request.attachments.assign(100, "nonsense");
  EXPECT_EQ(faults_of(request).size(), Faults::kMax);
}

TEST_F(Validation, RepeatsNoValueInAMessage) {
  auto request = mms();
  request.from = request.to = "SECRETSECRETSECRET";
  request.attachments = {"SECRET://x"};
  const auto judged = judge(request);
  ASSERT_FALSE(judged);
  for (const auto& fault : judged.error().list())
    EXPECT_EQ(fault.message.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace herald::intake
