// The parts of a webhook: request, response, what it gathers, and which providers take any.
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <herald/provider.h>

namespace herald {
namespace {

herald_webhook_request request_with(const std::vector<herald_header>& headers) {
  herald_webhook_request raw = {};
  raw.struct_size = sizeof raw;
  raw.header_count = static_cast<std::uint32_t>(headers.size());
  raw.headers = headers.data();
  return raw;
}

herald_header header(std::string_view name, std::string_view value) {
  return {detail::as_str(name), detail::as_str(value)};
}

TEST(WebhookRequest, FindsTheFirstHeaderOfANameWithoutCase) {
  const std::vector<herald_header> headers = {header("X-Other", "0"), header("X-SIGNATURE", "first"),
                                              header("x-signature", "second")};
  const auto raw = request_with(headers);
  const WebhookRequest request(&raw);
  EXPECT_EQ(request.header("x-Signature"), "first");
  EXPECT_EQ(request.header("X-Signatur"), std::nullopt);
  EXPECT_EQ(request.header(""), std::nullopt);
  EXPECT_EQ(request.header_at(2).second, "second");
  EXPECT_EQ(request.header_at(3).first, "");
}

TEST(WebhookRequest, ComparesOnlyLettersWithoutCase) {
  const std::vector<herald_header> headers = {header("a[b", "bracket")};
  const auto raw = request_with(headers);
  EXPECT_EQ(WebhookRequest(&raw).header("A{B"), std::nullopt);
}

TEST(WebhookRequest, KnowsItsMediaTypeWithParametersAndCase) {
  for (const char* type : {"application/json", "Application/JSON; charset=utf-8", "application/json ;x"}) {
    const std::vector<herald_header> headers = {header("content-type", type)};
    const auto raw = request_with(headers);
    EXPECT_TRUE(WebhookRequest(&raw).has_content_type("application/json")) << type;
  }
  for (const char* type : {"", "application/jsonx", "text/plain; application/json"}) {
    const std::vector<herald_header> headers = {header("content-type", type)};
    const auto raw = request_with(headers);
    EXPECT_FALSE(WebhookRequest(&raw).has_content_type("application/json")) << type;
  }
  const auto raw = request_with({});
  EXPECT_FALSE(WebhookRequest(&raw).has_content_type("application/json"));
}

TEST(WebhookRequest, ReadsAFormOnlyWhenTheBodyIsOne) {
  auto raw = request_with({});
  raw.body = detail::as_str("a=1");
  raw.query = detail::as_str("b=2&c=%zz");
  EXPECT_FALSE(WebhookRequest(&raw).form());
  EXPECT_FALSE(WebhookRequest(&raw).query_form());
  const std::vector<herald_header> headers = {header("Content-Type", "application/x-www-form-urlencoded")};
  raw.headers = headers.data();
  raw.header_count = 1;
  raw.query = detail::as_str("b=2");
  const auto form = WebhookRequest(&raw).form();
  const auto query = WebhookRequest(&raw).query_form();
  ASSERT_TRUE(form && query);
  EXPECT_EQ(form->value("a"), "1");
  EXPECT_EQ(query->value("b"), "2");
}

TEST(WebhookRequest, ReadsWhatAnOlderHostLacksAsEmpty) {
  const std::vector<herald_header> headers = {header("a", "b")};
  auto raw = request_with(headers);
  raw.method = detail::as_str("POST");
  raw.struct_size = offsetof(herald_webhook_request, headers);
  const WebhookRequest request(&raw);
  EXPECT_EQ(request.method(), "POST");
  EXPECT_EQ(request.header_count(), 0U) << "a count without the headers counts none";
  EXPECT_EQ(request.header("a"), std::nullopt);
}

TEST(SameSecret, IsTrueForTheSecretAlone) {
  EXPECT_TRUE(same_secret("hush", "hush"));
  EXPECT_TRUE(same_secret("", ""));
  for (const char* wrong : {"", "h", "hus", "hushh", "hushhush", "Hush", "husi"})
    EXPECT_FALSE(same_secret(wrong, "hush")) << wrong;
  EXPECT_FALSE(same_secret("hush", ""));
  EXPECT_FALSE(same_secret(std::string_view("hush\0", 5), "hush"));
}

TEST(Emitter, TakesWhatAHostTakes) {
  Emitter inbox;
  EXPECT_TRUE(inbox.message({"sms", "a", "b", "c", "", {}, {}, {}}));
  EXPECT_TRUE(inbox.receipt(Receipt::delivered(std::string(300, 'x')))) << "as long as an outcome's may be";
  EXPECT_TRUE(inbox.receipt(Receipt::failed("id", "")));
  EXPECT_EQ(inbox.refusal(), "");
  EXPECT_EQ(inbox.messages().size(), 1U);
  EXPECT_EQ(inbox.receipts().size(), 2U);
}

TEST(Emitter, RefusesMessagesThatNoHostTakes) {
  const InboundMessage fine{"sms", "a", "b", "c", "id", {}, {}, {}};
  std::vector<InboundMessage> wrong(18, fine);
  wrong[0].channel = "fax";
  wrong[1].channel = "";
  wrong[2].from = "\x80";
  wrong[3].to = "\xC0\x80";
  wrong[4].body = "\xED\xA0\x80";
  wrong[5].subject = "\xF4\x90\x80\x80";
  wrong[6].attachments = {"https://a.example", "\xE2\x82"};
  wrong[7].provider_message_id = std::string(256, 'x');
  wrong[8].provider_message_id = "\xFF";
  wrong[9].from = "";
  wrong[10].to = "";
  wrong[11].from = std::string(321, 'a');
  wrong[12].to = "a\r\nb";
  wrong[13].body = " \t\n";
  wrong[14].subject = "two\nlines";
  wrong[15].attachments = {"ftp://a.example"};
  wrong[16].attachments = std::vector<std::string>(101, "https://a.example");
  wrong[17].attachments = {"https://a.example/" + std::string(2048, 'a')};
  for (const InboundMessage& message : wrong) {
    Emitter inbox;
    EXPECT_FALSE(inbox.message(message));
    EXPECT_NE(inbox.refusal(), "");
    EXPECT_TRUE(inbox.messages().empty());
  }
}

TEST(Emitter, RefusesReceiptsThatNameNoMessage) {
  for (const std::string& id : {std::string(), std::string(8193, 'x'), std::string("\xFF")}) {
    Emitter inbox;
    EXPECT_FALSE(inbox.receipt(Receipt::delivered(id)));
    EXPECT_NE(inbox.refusal(), "");
  }
  Emitter inbox;
  EXPECT_FALSE(inbox.receipt(Receipt::failed("id", "\xFF")));
}

TEST(Emitter, CountsTheCharactersOfAnIdAndNotItsBytes) {
  std::string id;
  for (int i = 0; i < 255; ++i)
    id += "\xE4\xB8\xAD";
  Emitter inbox;
  EXPECT_TRUE(inbox.message({"sms", "a", "b", "c", id, {}, {}, {}}));
  EXPECT_FALSE(inbox.message({"sms", "a", "b", "c", id + "x", {}, {}, {}}));
}

TEST(Emitter, TakesAMessageWithoutWordsThatHasAttachments) {
  Emitter inbox;
  EXPECT_TRUE(inbox.message({"mms", "a", "b", "", "", {}, {"HTTPS://a.example"}, {}}));
}

TEST(Emitter, KeepsItsFirstRefusal) {
  Emitter inbox;
  inbox.receipt(Receipt::delivered(""));
  const std::string first = inbox.refusal();
  inbox.message({"fax", "", "", "", "", {}, {}, {}});
  EXPECT_TRUE(inbox.receipt(Receipt::delivered("id")));
  EXPECT_EQ(inbox.refusal(), first);
}

TEST(Emitter, TakesTheWholeOfUtf8) {
  Emitter inbox;
  constexpr char kExtremes[] =
      "\0 \x7F \xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF";
  const std::string text(kExtremes, sizeof kExtremes - 1);
  EXPECT_TRUE(inbox.message({"sms", "a", "b", text, "", {}, {}, {}})) << inbox.refusal();
}

// Which providers offer the extension.
struct Silent : Provider {
  Outcome send(const Message& /*message*/) override { return Outcome::success(); }
};
struct Listening : Silent {
  WebhookResponse webhook(const WebhookRequest& /*request*/, Emitter& /*inbox*/) override {
    return WebhookResponse::empty();
  }
};
struct Heir : Listening {};
class Secretive : public Silent {
  WebhookResponse webhook(const WebhookRequest& /*request*/, Emitter& /*inbox*/) noexcept override {
    return WebhookResponse::empty();
  }
};
struct Overloaded : Silent {
  WebhookResponse webhook(const WebhookRequest& /*request*/, Emitter& /*inbox*/) override {
    return WebhookResponse::empty();
  }
  void webhook(int /*other*/) {}
};
struct Polling : Silent {
  static constexpr auto kTraits = Traits{}.receipts();
};
// Most compilers warn of it; this is for the author who does not listen.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
struct Mistaken : Silent {
  WebhookResponse webhook(const WebhookRequest& /*request*/) { return WebhookResponse::empty(); }
};
#pragma GCC diagnostic pop

template <typename T>
const herald_webhook* webhook_of() {
  return static_cast<const herald_webhook*>(detail::Border::extension<T>(detail::as_str(HERALD_EXT_WEBHOOK)));
}

TEST(WebhookExtension, IsOfferedByProvidersThatOverrideWebhookAlone) {
  EXPECT_EQ(webhook_of<Silent>(), nullptr);
  ASSERT_NE(webhook_of<Listening>(), nullptr);
  EXPECT_EQ(webhook_of<Listening>()->struct_size, sizeof(herald_webhook));
  EXPECT_EQ(webhook_of<Listening>()->flags, 0U);
  EXPECT_NE(webhook_of<Heir>(), nullptr);
  EXPECT_NE(webhook_of<Secretive>(), nullptr);
  EXPECT_NE(webhook_of<Overloaded>(), nullptr);
}

TEST(WebhookExtension, IsOfferedForReceiptsThatComeAnotherWay) {
  ASSERT_NE(webhook_of<Polling>(), nullptr);
  EXPECT_EQ(webhook_of<Polling>()->flags, HERALD_WEBHOOK_RECEIPTS);
}

TEST(WebhookExtension, IsNotMistakenForAFunctionBesideIt) {
  EXPECT_TRUE(detail::WebhookFits<Silent>::value);
  EXPECT_TRUE(detail::WebhookFits<Heir>::value);
  EXPECT_TRUE(detail::WebhookFits<Secretive>::value);
  EXPECT_TRUE(detail::WebhookFits<Overloaded>::value);
  EXPECT_FALSE(detail::WebhookFits<Mistaken>::value) << "HERALD_PLUGIN does not compile then";
}

}  // namespace
}  // namespace herald
