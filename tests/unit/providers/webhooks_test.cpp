// The guard over a plugin whose carrier calls back.
#include "providers/webhooks.h"

#include <atomic>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/webhooks_fixture.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
using test::Awaited;
using test::delivery_receipt;
using test::emit;
using test::eventually;
using test::inbound_message;
using test::respond;
using test::script;
using test::scripted_plugin;
using testing::HasSubstr;

using WebhooksTest = test::WebhooksFixture;

TEST_F(WebhooksTest, ShowThePluginEveryPartOfTheRequest) {
  plugin_that([](const herald_webhook_request& request, const herald_webhook_exchange&) {
    EXPECT_EQ(request.struct_size, sizeof request);
    EXPECT_EQ(view_of(request.method), "PUT");
    EXPECT_EQ(view_of(request.path), "/a%20b");
    EXPECT_EQ(view_of(request.query), "x=1");
    EXPECT_EQ(view_of(request.body), std::string_view("\xFF\0", 2));
    EXPECT_EQ(view_of(request.remote_address), "127.0.0.1");
    EXPECT_EQ(view_of(request.request_id), "req-1");
    EXPECT_EQ(request.header_count, 2U);
    EXPECT_EQ(view_of(request.headers[0].name), "X-One");
    EXPECT_EQ(view_of(request.headers[1].value), "2");
    EXPECT_GT(request.deadline_ns, script().host.monotonic_ns(script().host.context));
    return HERALD_OK;
  });
  EXPECT_TRUE(answer({"PUT", "/a%20b", "x=1", {{"X-One", "1"}, {"X-Two", "2"}}, {"\xFF\0", 2}, "127.0.0.1", "req-1"})
                  .has_value());
}

TEST_F(WebhooksTest, AnswerWhatThePluginSays) {
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    EXPECT_EQ(respond(exchange, 403, "no"), HERALD_OK);
    return HERALD_OK;
  });
  const auto given = answer().value();
  EXPECT_EQ(given.status, 403);
  EXPECT_EQ(given.content_type, "text/plain");
  EXPECT_EQ(given.body, "no");
  EXPECT_TRUE(inbound_.events().empty());
  EXPECT_EQ(counters().webhook_requests.value(), 1U);
  EXPECT_EQ(counters().webhook_failures.value(), 0U);
}

TEST_F(WebhooksTest, AnswerNoContentWhenThePluginSaysNothing) {
  plugin_that([](const auto&, const auto&) { return HERALD_OK; });
  EXPECT_EQ(answer().value().status, 204);
}

TEST_F(WebhooksTest, AnswerTheLastOfSeveralResponses) {
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    respond(exchange, 500, "first");
    EXPECT_EQ(respond(exchange, 201, "second"), HERALD_OK);
    EXPECT_EQ(respond(exchange, 99), HERALD_E_INVALID);
    return HERALD_OK;
  });
  EXPECT_EQ(answer().value().body, "second");
  EXPECT_THAT(log_.of("provider.webhook_call_refused").at(0).fields.at("error"), HasSubstr("status is 99"));
}

TEST_F(WebhooksTest, StoreWhatIsEmittedBeforeTheyAnswer) {
  inbound_.hold();
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    EXPECT_EQ(emit(exchange, inbound_message("one")), HERALD_OK);
    EXPECT_EQ(emit(exchange, delivery_receipt("carrier-1")), HERALD_OK);
    return respond(exchange, 200, "stored");
  });
  domain::WebhookRequest request;
  request.request_id = "req-1";
  const auto awaited = send(request);
  ASSERT_TRUE(eventually([&] { return inbound_.events().size() == 1; }));
  EXPECT_EQ(awaited->count(), 0U);
  const auto events = inbound_.events().front();
  EXPECT_EQ(events.provider, "email");
  EXPECT_EQ(events.request_id, "req-1");
  EXPECT_EQ(events.messages.at(0).body, "one");
  EXPECT_EQ(events.receipts.at(0).provider_message_id, "carrier-1");
  inbound_.commit();
  EXPECT_EQ(answer_of(awaited).value().body, "stored");
}

TEST_F(WebhooksTest, AskTheCarrierToComeAgainWhenTheStoreRefuses) {
  inbound_.answer_with(base::fail(ErrorCode::kUnavailable, "the disk refuses"));
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    emit(exchange, inbound_message());
    return respond(exchange, 200);
  });
  EXPECT_EQ(error_of(answer()), ErrorCode::kUnavailable);
  EXPECT_EQ(counters().webhook_failures.value(), 1U);
}

TEST_F(WebhooksTest, FailWhenAnEmittedMessageBreaksTheRules) {
  inbound_.answer_with(base::fail(ErrorCode::kInvalid, "from is no address"));
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    emit(exchange, inbound_message());
    return respond(exchange, 200);
  });
  EXPECT_EQ(error_of(answer()), ErrorCode::kInvalid);
  EXPECT_THAT(log_.of("provider.webhook_failed").at(0).fields.at("error"), HasSubstr("from is no address"));
}

TEST_F(WebhooksTest, DropWhatWasEmittedWhenThePluginFailsAfterwards) {
  for (const std::int32_t result : {HERALD_E_INVALID, HERALD_E_UNAVAILABLE, 7}) {
    plugin_that([result](const auto&, const herald_webhook_exchange& exchange) {
      emit(exchange, inbound_message());
      respond(exchange, 200);
      return result;
    });
    EXPECT_EQ(error_of(answer()), ErrorCode::kInternal) << result;
  }
  EXPECT_TRUE(inbound_.events().empty());
  EXPECT_THAT(log_.of("provider.webhook_failed").at(2).fields.at("error"), HasSubstr("handle returned 7"));
  EXPECT_EQ(counters().webhook_failures.value(), 3U);
}

TEST_F(WebhooksTest, ContainAnException) {
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) -> std::int32_t {
    emit(exchange, inbound_message());
    throw 7;
  });
  EXPECT_EQ(error_of(answer()), ErrorCode::kInternal);
  EXPECT_TRUE(inbound_.events().empty());
  EXPECT_THAT(log_.of("provider.webhook_failed").at(0).fields.at("error"), HasSubstr("threw an exception"));
}

TEST_F(WebhooksTest, StoreWhatIsSoundBesideRubbish) {
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    auto pigeon = inbound_message();
    pigeon.channel = as_str("pigeon");
    EXPECT_EQ(emit(exchange, pigeon), HERALD_E_INVALID);
    EXPECT_EQ(emit(exchange, delivery_receipt("")), HERALD_E_INVALID);
    EXPECT_EQ(exchange.emit_message(exchange.context, nullptr), HERALD_E_INVALID);
    EXPECT_EQ(exchange.respond(exchange.context, nullptr), HERALD_E_INVALID);
    return emit(exchange, inbound_message("sound"));
  });
  EXPECT_TRUE(answer().has_value());
  ASSERT_EQ(inbound_.events().size(), 1U);
  EXPECT_EQ(inbound_.events().front().messages.size(), 1U);
  EXPECT_TRUE(inbound_.events().front().receipts.empty());
}

TEST_F(WebhooksTest, TakeAThousandEventsAndNoMore) {
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) {
    for (int i = 0; i < 999; ++i)
      EXPECT_EQ(emit(exchange, delivery_receipt()), HERALD_OK);
    EXPECT_EQ(emit(exchange, inbound_message()), HERALD_OK);
    EXPECT_EQ(emit(exchange, inbound_message()), HERALD_E_UNAVAILABLE);
    EXPECT_EQ(emit(exchange, delivery_receipt()), HERALD_E_UNAVAILABLE);
    return HERALD_OK;
  });
  EXPECT_TRUE(answer().has_value());
  EXPECT_EQ(inbound_.events().at(0).receipts.size(), 999U);
}

TEST_F(WebhooksTest, AreDeadForAPluginThatKeepsTheExchange) {
  std::optional<herald_webhook_exchange> copied;
  const herald_webhook_exchange* kept = nullptr;
  plugin_that([&](const auto&, const herald_webhook_exchange& exchange) {
    copied = exchange;
    kept = &exchange;
    return HERALD_OK;
  });
  ASSERT_TRUE(answer().has_value());
  const herald_webhook_exchange* const copy = &*copied;
  for (const auto* const exchange : {kept, copy}) {
    EXPECT_EQ(emit(*exchange, inbound_message()), HERALD_E_STATE);
    EXPECT_EQ(emit(*exchange, delivery_receipt()), HERALD_E_STATE);
    EXPECT_EQ(respond(*exchange, 200), HERALD_E_STATE);
  }
  EXPECT_EQ(kept->emit_message(&copied, nullptr), HERALD_E_STATE);  // a context of the plugin's own making
  EXPECT_TRUE(inbound_.events().empty());
}

TEST_F(WebhooksTest, RunUpToFourAtOnce) {
  const auto inside = std::make_shared<std::atomic<int>>(0);
  const auto open = std::make_shared<std::atomic<bool>>(false);
  plugin_that([inside, open](const auto&, const auto&) {
    ++*inside;
    eventually([&] { return open->load(); });
    return HERALD_OK;
  });
  std::vector<std::shared_ptr<Awaited>> sent;
  for (int i = 0; i < 6; ++i)
    sent.push_back(send());
  EXPECT_TRUE(eventually([&] { return *inside == 4; }));
  *open = true;
  for (const auto& awaited : sent)
    EXPECT_TRUE(answer_of(awaited).has_value());
  EXPECT_EQ(*inside, 6);
}

TEST_F(WebhooksTest, AreAnsweredByTheirCommitAlsoAfterTheStop) {
  inbound_.hold();
  plugin_that([](const auto&, const herald_webhook_exchange& exchange) { return emit(exchange, inbound_message()); });
  const auto awaited = send();
  ASSERT_TRUE(eventually([&] { return inbound_.events().size() == 1; }));
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
  guard_.reset();
  EXPECT_EQ(awaited->count(), 0U);
  inbound_.commit();
  EXPECT_TRUE(answer_of(awaited).has_value());
}

TEST_F(WebhooksTest, AreRefusedAfterTheStop) {
  plugin_that([](const auto&, const auto&) -> std::int32_t {
    ADD_FAILURE() << "the plugin was called";
    return HERALD_OK;
  });
  guard_->stop(in(seconds{30}));
  EXPECT_EQ(error_of(answer()), ErrorCode::kUnavailable);
}

TEST_F(WebhooksTest, AreNotFoundWithoutTheExtension) {
  start(scripted_plugin(ThreadModel::kAsync));
  EXPECT_EQ(error_of(answer()), ErrorCode::kNotFound);
  EXPECT_FALSE(guard_->emits_receipts());
  EXPECT_EQ(counters().webhook_requests.value(), 0U);
}

TEST_F(WebhooksTest, SayWhetherReceiptsCome) {
  script().webhook.flags = HERALD_WEBHOOK_RECEIPTS;
  plugin_that([](const auto&, const auto&) { return HERALD_OK; });
  EXPECT_TRUE(guard_->emits_receipts());
  script().webhook.flags = 0;
  EXPECT_FALSE(guard_->emits_receipts());
}

}  // namespace
}  // namespace herald::providers
