// What a carrier brings on its way across the border, by webhook and by emit.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

class InboundBorder : public ::testing::Test {
 protected:
  void run() {
    ASSERT_EQ(plugin_.configure("{}").result, HERALD_OK);
    ASSERT_EQ(plugin_.start(), HERALD_OK);
  }

  WebhookAnswer webhook(const std::string& body) { return plugin_.webhook(TestWebhook::post("text/plain", body)); }

  // What Host::emit answered.
  std::string emit(const std::string& how) {
    TestMessage message;
    message.body = how;
    return plugin_.send(message).provider_message_id;
  }

  const herald_webhook& table() const {
    return *static_cast<const herald_webhook*>(plugin_.extension(HERALD_EXT_WEBHOOK));
  }

  static void expect_the_message(const InboundMessage& message) {
    EXPECT_EQ(message.channel, "mms");
    EXPECT_EQ(message.from, "+15550101");
    EXPECT_EQ(message.to, "+15550100");
    EXPECT_EQ(message.body, std::string("Hello\0there", 11));
    EXPECT_EQ(message.provider_message_id, "in-1");
    EXPECT_EQ(message.subject, "");
    EXPECT_THAT(message.attachments, ::testing::ElementsAre("https://a.example/1", "https://a.example/2"));
    EXPECT_EQ(message.timestamp, std::chrono::system_clock::time_point(std::chrono::milliseconds(1'500'000'000'123)));
  }

  PluginUnderTest plugin_{HERALD_BORDER_SYNC};
};

TEST_F(InboundBorder, HandsEveryMemberOfARequestOver) {
  run();
  TestWebhook request;
  request.method = "PUT";
  request.path = "/a%2Fb";
  request.query = "x=%31";
  request.body = "describe";
  request.headers = {{"X-Signature", "s"}, {"Empty", ""}};
  request.remote_address = "192.0.2.1";
  const WebhookAnswer answer = plugin_.webhook(request);
  EXPECT_EQ(answer.body, "PUT|/a%2Fb|x=%31|describe|192.0.2.1|request-of-a-carrier|s|X-Signature=s;Empty=;=;");
}

TEST_F(InboundBorder, HandsTheWholeAnswerBack) {
  run();
  const WebhookAnswer text = webhook("hello");
  EXPECT_EQ(text.status, 202U);
  EXPECT_EQ(text.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(text.body, "taken");
  const WebhookAnswer json = webhook("json");
  EXPECT_EQ(json.status, 201U);
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_EQ(json.body, "{}");
  EXPECT_EQ(webhook("of").content_type, "text/xml");
  const WebhookAnswer nothing = webhook("nothing");
  EXPECT_EQ(nothing.status, 204U);
  EXPECT_EQ(nothing.content_type, "");
  EXPECT_EQ(nothing.events.size(), 0U);
}

TEST_F(InboundBorder, HandsWhatAWebhookBroughtToTheHost) {
  run();
  const WebhookAnswer answer = webhook("hello");
  ASSERT_EQ(answer.events.messages.size(), 1U);
  expect_the_message(answer.events.messages[0]);
  ASSERT_EQ(answer.events.receipts.size(), 2U);
  EXPECT_EQ(answer.events.receipts[0].status(), HERALD_RECEIPT_DELIVERED);
  EXPECT_EQ(answer.events.receipts[0].provider_message_id(), "id-1");
  EXPECT_EQ(answer.events.receipts[1].status(), HERALD_RECEIPT_FAILED);
  EXPECT_EQ(answer.events.receipts[1].error_code(), "30003");
  EXPECT_EQ(answer.refused, 0U);
}

TEST_F(InboundBorder, StoresNothingOfWhatItRefuses) {
  run();
  const WebhookAnswer answer = webhook("then 400");
  EXPECT_EQ(answer.result, HERALD_OK);
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, "not so");
  EXPECT_EQ(answer.events.size(), 0U);
}

TEST_F(InboundBorder, AnswersFourHundredForWhatTheHostWouldRefuse) {
  run();
  for (const char* body : {"no receipt's id", "no UTF-8", "too many"}) {
    const WebhookAnswer answer = webhook(body);
    EXPECT_EQ(answer.result, HERALD_OK) << body;
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_NE(answer.body, "") << body;
    EXPECT_EQ(answer.events.size(), 0U) << body;
    EXPECT_EQ(answer.refused, 0U) << "the host was not even asked: " << body;
    EXPECT_TRUE(plugin_.host().logged(answer.body)) << body;
  }
}

TEST_F(InboundBorder, CatchesAnExceptionInAWebhookAndDiscardsWhatItBrought) {
  run();
  for (const char* body : {"throw", "throw 1"}) {
    const WebhookAnswer answer = webhook(body);
    EXPECT_EQ(answer.result, HERALD_E_INTERNAL);
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(answer.events.size(), 0U);
  }
  EXPECT_TRUE(plugin_.host().logged("webhook threw: webhook broke"));
  EXPECT_TRUE(plugin_.host().logged("no std::exception"));
  EXPECT_EQ(webhook("hello").status, 202U);
}

TEST_F(InboundBorder, FailsARequestWhoseAnswerIsNoAnswer) {
  run();
  for (const char* body : {"status 99", "status 600", "204 with a body", "split header"})
    EXPECT_EQ(webhook(body).result, HERALD_E_INTERNAL) << body;
  EXPECT_TRUE(plugin_.host().logged("the response"));
}

TEST_F(InboundBorder, TakesWebhooksOnlyWhileItRuns) {
  EXPECT_EQ(webhook("hello").result, HERALD_E_STATE);
  run();
  EXPECT_EQ(webhook("hello").result, HERALD_OK);
  plugin_.stop();
  EXPECT_EQ(webhook("hello").result, HERALD_E_STATE);
}

TEST_F(InboundBorder, RefusesACallWithoutItsArguments) {
  run();
  herald_webhook_request request = {};
  request.struct_size = sizeof request;
  herald_webhook_exchange exchange = {};
  exchange.struct_size = sizeof exchange;
  EXPECT_EQ(table().handle(plugin_.instance(), nullptr, &exchange), HERALD_E_INVALID);
  EXPECT_EQ(table().handle(plugin_.instance(), &request, nullptr), HERALD_E_INVALID);
  EXPECT_EQ(table().handle(plugin_.instance(), &request, &exchange), HERALD_E_INVALID) << "it has no functions";
}

TEST_F(InboundBorder, TakesWebhooksFromFourThreadsBesideMessages) {
  run();
  std::atomic<int> answered{0};
  std::vector<std::thread> carriers;
  carriers.reserve(4);
  for (int thread = 0; thread < 4; ++thread)
    carriers.emplace_back([&] {
      for (int round = 0; round < 50; ++round)
        answered += plugin_.webhook(TestWebhook::post("text/plain", "hello")).status == 202 ? 1 : 0;
    });
  for (int round = 0; round < 50; ++round)
    EXPECT_EQ(plugin_.send({}).code, HERALD_OUTCOME_SUCCESS);
  for (std::thread& carrier : carriers)
    carrier.join();
  EXPECT_EQ(answered, 200);
}

TEST_F(InboundBorder, DeclaresReceiptsByItsTraits) {
  EXPECT_TRUE(plugin_.declares_receipts());
  const PluginUnderTest other(HERALD_BORDER_ASYNC);
  EXPECT_FALSE(other.takes_webhooks());
  EXPECT_FALSE(other.declares_receipts());
}

TEST_F(InboundBorder, EmitsByItselfAndHearsOfTheCommit) {
  run();
  plugin_.host().inbound().hold();
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_OK));
  EXPECT_EQ(plugin_.host().inbound().waiting(), 1U);
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 0U);
  EXPECT_FALSE(plugin_.host().logged("emitted"));
  plugin_.host().inbound().settle(HERALD_OK);
  EXPECT_TRUE(plugin_.host().logged("emitted: 0"));
  const EmittedEvents stored = plugin_.host().inbound().stored();
  ASSERT_EQ(stored.messages.size(), 1U);
  expect_the_message(stored.messages[0]);
  ASSERT_EQ(stored.receipts.size(), 1U);
  EXPECT_EQ(stored.receipts[0].provider_message_id(), "id-1");
}

TEST_F(InboundBorder, HearsOfACommitInsideTheCall) {
  run();
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_OK));
  EXPECT_TRUE(plugin_.host().logged("emitted: 0"));
}

TEST_F(InboundBorder, HearsThatNothingCouldBeStored) {
  run();
  plugin_.host().inbound().settle(HERALD_E_UNAVAILABLE);
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_OK));
  EXPECT_TRUE(plugin_.host().logged("emitted: -3"));
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 0U);
}

TEST_F(InboundBorder, EmitsWithoutACallback) {
  run();
  EXPECT_EQ(emit("emit and forget"), std::to_string(HERALD_OK));
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 2U);
}

TEST_F(InboundBorder, EmitsAThousandAtOnceAndNotOneMore) {
  run();
  EXPECT_EQ(emit("emit many"), std::to_string(HERALD_OK));
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 1000U);
  expect_the_message(plugin_.host().inbound().stored().messages[998]);
  EXPECT_EQ(emit("emit too many"), std::to_string(HERALD_E_INVALID));
}

TEST_F(InboundBorder, RefusesToEmitNothingAndWhatNoHostTakes) {
  run();
  EXPECT_EQ(emit("emit nothing"), std::to_string(HERALD_E_INVALID));
  EXPECT_EQ(emit("emit no UTF-8"), std::to_string(HERALD_E_INVALID));
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 0U);
  EXPECT_FALSE(plugin_.host().logged("emitted"));
}

TEST_F(InboundBorder, PassesTheHostsRefusalOnAndDropsTheCallback) {
  run();
  plugin_.host().inbound().answer(HERALD_E_STATE);
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_E_STATE));
  EXPECT_FALSE(plugin_.host().logged("emitted"));
}

TEST_F(InboundBorder, EmitsNothingToAHostThatOffersNoInbound) {
  plugin_.host().inbound().offer(false);
  run();
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_E_UNSUPPORTED));
  EXPECT_EQ(plugin_.host().inbound().stored().size(), 0U);
}

TEST_F(InboundBorder, CatchesAnExceptionInACallback) {
  run();
  EXPECT_EQ(emit("emit and throw"), std::to_string(HERALD_OK));
  EXPECT_TRUE(plugin_.host().logged("done broke"));
}

TEST_F(InboundBorder, HearsTheEndOfWhatWasNotSettledBeforeItsDestruction) {
  run();
  plugin_.host().inbound().hold();
  EXPECT_EQ(emit("emit"), std::to_string(HERALD_OK));
  plugin_.stop();
  plugin_.host().inbound().settle(HERALD_E_UNAVAILABLE);
  EXPECT_TRUE(plugin_.host().logged("emitted: -3"));
}

}  // namespace
}  // namespace herald::testkit
