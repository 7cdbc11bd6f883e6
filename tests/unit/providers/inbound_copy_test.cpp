#include "providers/inbound_copy.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/inbound_events.h"

namespace herald::providers {
namespace {

using test::delivery_receipt;
using test::inbound_message;
using test::webhook_response;
using testing::ElementsAre;
using testing::HasSubstr;

template <typename Copied>
std::string refusal(const base::Result<Copied>& copied) {
  return copied ? "" : copied.error().message;
}

TEST(InboundCopy, TakesEveryFieldOfAMessage) {
  const std::array urls{as_str("https://a.example/1"), as_str("https://a.example/2")};
  auto message = inbound_message("body\n");
  message.timestamp_unix_ms = 1234;
  message.provider_message_id = as_str("id-1");
  message.subject = as_str("");
  message.attachments = urls.data();
  message.attachment_count = 2;
  const auto copied = copy_message(&message).value();
  EXPECT_EQ(copied.channel, domain::Channel::kEmail);
  EXPECT_EQ(copied.from, "a@example.org");
  EXPECT_EQ(copied.to, "b@example.org");
  EXPECT_EQ(copied.subject, "");  // an empty subject is one
  EXPECT_EQ(copied.body, "body\n");
  EXPECT_EQ(copied.timestamp, base::from_unix_ms(1234));
  EXPECT_EQ(copied.provider_message_id, "id-1");
  EXPECT_THAT(copied.attachments, ElementsAre("https://a.example/1", "https://a.example/2"));
}

TEST(InboundCopy, TakesWhatIsUnsetAsAbsent) {
  const auto message = inbound_message();
  const auto copied = copy_message(&message).value();
  EXPECT_EQ(copied.subject, std::nullopt);
  EXPECT_EQ(copied.timestamp, std::nullopt);
  EXPECT_EQ(copied.provider_message_id, "");
}

TEST(InboundCopy, TakesATimeThatCannotBeWrittenAsUnknown) {
  auto message = inbound_message();
  for (const std::int64_t time : {INT64_MIN, INT64_MIN + 1, INT64_MAX, std::int64_t{253'402'300'800'000}}) {
    message.timestamp_unix_ms = time;
    EXPECT_EQ(copy_message(&message).value().timestamp, std::nullopt) << time;
  }
  message.timestamp_unix_ms = 253'402'300'799'999;
  EXPECT_TRUE(copy_message(&message).value().timestamp.has_value());
}

TEST(InboundCopy, ReadsNoFurtherThanAStructureGoes) {
  EXPECT_THAT(refusal(copy_message(nullptr)), HasSubstr("NULL"));
  auto message = inbound_message();
  message.struct_size -= 1;
  EXPECT_THAT(refusal(copy_message(&message)), HasSubstr("struct_size is"));
  auto receipt = delivery_receipt();
  receipt.struct_size = 4;
  EXPECT_THAT(refusal(copy_receipt(&receipt)), HasSubstr("struct_size is 4"));
  auto response = webhook_response(200);
  response.struct_size = 0;
  EXPECT_THAT(refusal(copy_response(&response)), HasSubstr("struct_size is 0"));
}

TEST(InboundCopy, RefusesAChannelThatItDoesNotKnow) {
  auto message = inbound_message();
  for (const char* channel : {"", "SMS", "pigeon"}) {
    message.channel = as_str(channel);
    EXPECT_THAT(refusal(copy_message(&message)), HasSubstr("channel is none of sms, mms, email")) << channel;
  }
  message.channel = {nullptr, 5};
  EXPECT_FALSE(copy_message(&message).has_value());
}

TEST(InboundCopy, RefusesTextThatIsNoUtf8OrNowhere) {
  const auto refusal_with = [](herald_str herald_inbound_message::*field, herald_str text) {
    auto message = inbound_message();
    message.*field = text;
    return refusal(copy_message(&message));
  };
  for (const auto field : {&herald_inbound_message::from, &herald_inbound_message::to, &herald_inbound_message::subject,
                           &herald_inbound_message::body, &herald_inbound_message::provider_message_id}) {
    EXPECT_THAT(refusal_with(field, as_str("\xC0\xAF")), HasSubstr("is no UTF-8"));
    EXPECT_THAT(refusal_with(field, {nullptr, 1}), HasSubstr("NULL data"));
    // Longer than any text may be: must be refused before it is read.
    EXPECT_THAT(refusal_with(field, {"x", UINT64_MAX}), HasSubstr("expected at most"));
  }
}

TEST(InboundCopy, RefusesAttachmentsThatAreNotThere) {
  auto message = inbound_message();
  message.attachment_count = 1;
  EXPECT_THAT(refusal(copy_message(&message)), HasSubstr("attachments is NULL"));
  const herald_str url = as_str("https://a.example/1");
  message.attachments = &url;
  message.attachment_count = UINT32_MAX;
  EXPECT_THAT(refusal(copy_message(&message)), HasSubstr("expected at most 100"));
}

TEST(InboundCopy, TakesAReceipt) {
  auto receipt = delivery_receipt("carrier-7");
  receipt.error_code = as_str("ignored of a delivery");
  const auto delivered = copy_receipt(&receipt).value();
  EXPECT_TRUE(delivered.delivered);
  EXPECT_EQ(delivered.provider_message_id, "carrier-7");
  EXPECT_EQ(delivered.error_code, "");
  receipt.status = HERALD_RECEIPT_FAILED;
  receipt.error_code = as_str("absent");
  EXPECT_FALSE(copy_receipt(&receipt).value().delivered);
  EXPECT_EQ(copy_receipt(&receipt).value().error_code, "absent");
}

TEST(InboundCopy, CutsTheIdOfAReceiptAsThatOfAnOutcome) {
  const std::string id(300, 'x');
  const auto receipt = delivery_receipt(id);
  EXPECT_EQ(copy_receipt(&receipt).value().provider_message_id, std::string(255, 'x'));
}

TEST(InboundCopy, RefusesAReceiptThatNamesNoMessageOrSaysNothing) {
  auto receipt = delivery_receipt("");
  EXPECT_THAT(refusal(copy_receipt(&receipt)), HasSubstr("provider_message_id is empty"));
  receipt = delivery_receipt();
  for (const std::uint32_t status : {0U, 3U}) {
    receipt.status = status;
    EXPECT_THAT(refusal(copy_receipt(&receipt)), HasSubstr("expected HERALD_RECEIPT_DELIVERED"));
  }
}

TEST(InboundCopy, TakesAnAnswerOfAnyBytes) {
  const auto response = webhook_response(599, std::string_view("\xFF\0", 2));
  const auto copied = copy_response(&response).value();
  EXPECT_EQ(copied.status, 599);
  EXPECT_EQ(copied.content_type, "text/plain");
  EXPECT_EQ(copied.body, std::string("\xFF\0", 2));
}

TEST(InboundCopy, RefusesStatusesThatAreNoAnswer) {
  for (const std::uint32_t status : {0U, 99U, 100U, 199U, 600U, UINT32_MAX}) {
    const auto response = webhook_response(status);
    EXPECT_THAT(refusal(copy_response(&response)), HasSubstr("expected 200 to 599")) << status;
  }
}

TEST(InboundCopy, LetsNoContentTypeEndAHeader) {
  auto response = webhook_response(200);
  for (const char* type : {"text/plain\r\nSet-Cookie: a=b", "text\n", "t\x7F", "t\xC3\xA4"}) {
    response.content_type = as_str(type);
    EXPECT_THAT(refusal(copy_response(&response)), HasSubstr("content_type")) << type;
  }
}

TEST(InboundCopy, RefusesABodyWhereAnAnswerHasNone) {
  for (const std::uint32_t status : {204U, 205U, 304U}) {
    auto response = webhook_response(status, "x");
    EXPECT_THAT(refusal(copy_response(&response)), HasSubstr("no answer of status")) << status;
    response = webhook_response(status);
    EXPECT_TRUE(copy_response(&response).has_value()) << status;
  }
}

TEST(InboundCopy, StepsOverWhatALongerStructureHoldsMore) {
  struct Longer {
    herald_receipt known;
    std::uint64_t later;
  };
  std::array<Longer, 2> receipts{Longer{delivery_receipt("one"), 1}, Longer{delivery_receipt("two"), 2}};
  for (auto& receipt : receipts)
    receipt.known.struct_size = sizeof(Longer);
  const auto events = copy_events("email", nullptr, 0, &receipts[0].known, 2).value();
  ASSERT_EQ(events.receipts.size(), 2U);
  EXPECT_EQ(events.receipts[1].provider_message_id, "two");
  EXPECT_EQ(events.provider, "email");
}

TEST(InboundCopy, RefusesArraysThatMakeNoSense) {
  std::array<herald_receipt, 2> receipts{delivery_receipt(), delivery_receipt()};
  EXPECT_THAT(refusal(copy_events("email", nullptr, 1, nullptr, 0)), HasSubstr("messages is NULL"));
  EXPECT_THAT(refusal(copy_events("email", nullptr, 0, nullptr, 1)), HasSubstr("receipts is NULL"));
  EXPECT_THAT(refusal(copy_events("email", nullptr, UINT32_MAX, receipts.data(), UINT32_MAX)),
              HasSubstr("expected at most 1000"));
  receipts[1].struct_size += 8;
  EXPECT_THAT(refusal(copy_events("email", nullptr, 0, receipts.data(), 2)), HasSubstr("differs"));
  receipts[0].struct_size += 1;
  EXPECT_THAT(refusal(copy_events("email", nullptr, 0, receipts.data(), 2)), HasSubstr("alignment"));
}

}  // namespace
}  // namespace herald::providers
