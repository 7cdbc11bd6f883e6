// A carrier is answered although the plugin hangs, and the plugin stopped only when it does not.
#include <atomic>
#include <memory>

#include <gtest/gtest.h>

#include "providers/webhooks.h"
#include "unit/providers/webhooks_fixture.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Awaited;
using test::emit;
using test::eventually;
using test::inbound_message;
using test::respond;
using test::script;

class HangingWebhook : public test::WebhooksFixture {
 protected:
  // Emits when it is let go.
  void hang(milliseconds timeout) {
    webhook_timeout_ = timeout;
    plugin_that(
        [open = open_, inside = inside_, emitted = emitted_](const auto&, const herald_webhook_exchange& exchange) {
          ++*inside;
          eventually([&] { return open->load(); }, std::chrono::hours{24});
          *emitted = emit(exchange, inbound_message());
          respond(exchange, 200);
          return HERALD_OK;
        });
  }

  const std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
  const std::shared_ptr<std::atomic<int>> inside_ = std::make_shared<std::atomic<int>>(0);
  const std::shared_ptr<std::atomic<int>> emitted_ = std::make_shared<std::atomic<int>>(99);
};

TEST_F(HangingWebhook, IsAnsweredAtItsDeadlineAndItsLateReturnDropped) {
  hang(milliseconds{20});
  // On a busy machine a request may be given up before the plugin has seen it.
  std::size_t given_up = 0;
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(error_of(answer()), ErrorCode::kUnavailable);
    ++given_up;
    return *inside_ > 0;
  }));
  EXPECT_EQ(counters().webhook_failures.value(), given_up);
  EXPECT_EQ(log_.of("provider.webhook_given_up").size(), given_up);
  *open_ = true;
  EXPECT_TRUE(eventually([&] { return !log_.of("provider.webhook_late").empty(); }));
  EXPECT_TRUE(inbound_.events().empty());
}

TEST_F(HangingWebhook, HoldsUpNoMoreRequestsThanMayWait) {
  hang(seconds{60});
  std::vector<std::shared_ptr<Awaited>> sent;
  for (std::size_t i = 0; i < Webhooks::kThreads; ++i)
    sent.push_back(send());
  ASSERT_TRUE(eventually([&] { return *inside_ == static_cast<int>(Webhooks::kThreads); }));
  for (std::size_t i = 0; i < Webhooks::kMostWaiting; ++i)
    sent.push_back(send());
  EXPECT_EQ(error_of(answer()), ErrorCode::kUnavailable);
  *open_ = true;
  for (const auto& awaited : sent)
    EXPECT_TRUE(answer_of(awaited).has_value());
}

TEST_F(HangingWebhook, IsAnsweredWhenTheProviderIsLeftBehind) {
  hang(seconds{60});
  const auto awaited = send();
  ASSERT_TRUE(eventually([&] { return *inside_ == 1; }));
  EXPECT_FALSE(guard_->stop(in(milliseconds{1})));
  EXPECT_EQ(error_of(answer_of(awaited)), ErrorCode::kUnavailable);
  EXPECT_EQ(script().stopped, 0);  // which may not overlap handle
  *open_ = true;
  EXPECT_TRUE(eventually([&] { return *emitted_ != 99; }));
  EXPECT_TRUE(inbound_.events().empty());
}

TEST_F(HangingWebhook, EndsBeforeTheProviderIsStopped) {
  hang(seconds{60});
  const auto awaited = send();
  ASSERT_TRUE(eventually([&] { return *inside_ == 1; }));
  const auto ended = emitted_;
  script().on_stop = [ended] { EXPECT_EQ(ended->load(), HERALD_OK); };
  base::Worker opening("opening", [open = open_] { *open = true; });
  EXPECT_TRUE(guard_->stop(in(seconds{30})));
  EXPECT_TRUE(answer_of(awaited).has_value());
  EXPECT_EQ(script().stopped, 1);
}

}  // namespace
}  // namespace herald::providers
