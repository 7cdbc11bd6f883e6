// What makes two requests the same.
#include "intake/request_digest.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace herald::intake {
namespace {

SendRequest sms() {
  SendRequest request;
  request.channel = domain::Channel::kSms;
  request.from = "+12025550123";
  request.to = "+12025550142";
  request.body = "Hello";
  return request;
}

template <typename Request, typename Change>
domain::Digest changed(Request request, Change change) {
  change(request);
  return digest_of(request);
}

TEST(RequestDigest, IsTheSameForTheSameRequest) {
  EXPECT_EQ(digest_of(sms()), digest_of(sms()));
}

TEST(RequestDigest, DependsOnEveryFieldThatIsSent) {
  const auto with = [](auto change) { return changed(sms(), change); };
  const std::vector<domain::Digest> digests{
      digest_of(sms()),
      with([](SendRequest& r) { r.medium = Medium::kEmail; }),
      with([](SendRequest& r) { r.channel = domain::Channel::kMms; }),
      with([](SendRequest& r) { r.channel.reset(); }),
      with([](SendRequest& r) { r.from = "+12025550124"; }),
      with([](SendRequest& r) { r.to = "+12025550143"; }),
      with([](SendRequest& r) { r.subject = ""; }),
      with([](SendRequest& r) { r.subject = "Hello"; }),
      with([](SendRequest& r) { r.body = "Hello "; }),
      with([](SendRequest& r) { r.body = ""; }),
      with([](SendRequest& r) { r.body.reset(); }),
      with([](SendRequest& r) { r.attachments = {"https://example.com/a"}; }),
      with([](SendRequest& r) {
        r.attachments = {"https://example.com/a", "https://example.com/b"};
      }),
      with([](SendRequest& r) {
        r.attachments = {"https://example.com/b", "https://example.com/a"};
      }),
      with([](SendRequest& r) { r.attachments = {"https://example.com/ahttps://example.com/b"}; }),
      with([](SendRequest& r) { r.timestamp = base::from_unix_ms(0); }),
      with([](SendRequest& r) { r.timestamp = base::from_unix_ms(1); }),
      with([](SendRequest& r) { r.ttl_seconds = 0; }),
      with([](SendRequest& r) { r.ttl_seconds = 256; }),
  };
  EXPECT_EQ(std::set<domain::Digest>(digests.begin(), digests.end()).size(), digests.size());
}

TEST(RequestDigest, DependsOnEveryFieldThatIsReceived) {
  const auto with = [](auto change) { return changed(InboundRequest{}, change); };
  const std::vector<domain::Digest> digests{
      digest_of(InboundRequest{}),
      with([](InboundRequest& r) { r.source = InboundSource::kSmsWebhook; }),
      with([](InboundRequest& r) { r.source = InboundSource::kEmailWebhook; }),
      with([](InboundRequest& r) { r.channel = domain::Channel::kSms; }),
      with([](InboundRequest& r) { r.type = domain::Channel::kSms; }),
      with([](InboundRequest& r) { r.from = "x"; }),
      with([](InboundRequest& r) { r.to = "x"; }),
      with([](InboundRequest& r) { r.subject = "x"; }),
      with([](InboundRequest& r) { r.body = "x"; }),
      with([](InboundRequest& r) { r.attachments = {"x"}; }),
      with([](InboundRequest& r) { r.timestamp = base::from_unix_ms(1); }),
      with([](InboundRequest& r) { r.provider_message_id = "x"; }),
  };
  EXPECT_EQ(std::set<domain::Digest>(digests.begin(), digests.end()).size(), digests.size());
}

TEST(RequestDigest, CannotBeForgedByMovingABorder) {
  const auto one = changed(sms(), [](SendRequest& r) {
    r.subject = "a";
    r.body = "bc";
  });
  const auto other = changed(sms(), [](SendRequest& r) {
    r.subject = "ab";
    r.body = "c";
  });
  EXPECT_NE(one, other);
}

// What is stored today must be found by later versions.
TEST(RequestDigest, StaysWhatItIs) {
  constexpr domain::Digest kOfTheKey{0x2c, 0x70, 0xe1, 0x2b, 0x7a, 0x06, 0x46, 0xf9,
                                     0x22, 0x79, 0xf4, 0x27, 0xc7, 0xb3, 0x8e, 0x73};
  constexpr domain::Digest kOfTheRequest{0xc7, 0xeb, 0x1c, 0x47, 0x5b, 0x1b, 0xf8, 0xc4,
                                         0x00, 0x0d, 0x49, 0x1f, 0x52, 0x5b, 0x3b, 0x22};
  EXPECT_EQ(digest_of_key("key"), kOfTheKey);
  EXPECT_EQ(digest_of(sms()), kOfTheRequest);
}

TEST(IdempotencyKeyFault, NamesTheHeader) {
  EXPECT_FALSE(fault_of_key("0b9e6d1c-1b1f-4a0e-9d5c-2f6f0a3c7e11"));
  ASSERT_TRUE(fault_of_key(""));
  EXPECT_NE(fault_of_key("")->find("Idempotency-Key"), std::string_view::npos);
}

}  // namespace
}  // namespace herald::intake
