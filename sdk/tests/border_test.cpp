// What crosses the border between a provider class and the C contract, and what does not.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Border : public ::testing::Test {
 protected:
  explicit Border(const char* file) : plugin_(file) {}

  void run(std::string_view configuration = "{}") {
    ASSERT_EQ(plugin_.configure(configuration).result, HERALD_OK);
    ASSERT_EQ(plugin_.start(), HERALD_OK);
  }

  static TestMessage saying(const std::string& body) {
    TestMessage message;
    message.body = body;
    return message;
  }

  PluginUnderTest plugin_;
};

class SyncBorder : public Border {
 protected:
  SyncBorder() : Border(HERALD_BORDER_SYNC) {}
};

class AsyncBorder : public Border {
 protected:
  AsyncBorder() : Border(HERALD_BORDER_ASYNC) {}
};

TEST_F(SyncBorder, HandsEveryMemberOfAMessageOver) {
  run();
  auto message = saying("describe");
  message.subject = "";
  message.attachments = {"https://a.example/1", "https://a.example/2"};
  message.attempt = 4;
  message.ordinal = 17;
  message.dispatch_token = "token";
  EXPECT_EQ(
      plugin_.send(message).provider_message_id,
      "message-17|token|request-17|sms|+15550100|+15550101||4|17|https://a.example/1;https://a.example/2;;in time");
}

TEST_F(SyncBorder, TellsAMissingSubjectFromAnEmptyOne) {
  run();
  EXPECT_THAT(plugin_.send(saying("describe")).provider_message_id, HasSubstr("|no subject|"));
}

TEST_F(SyncBorder, HandsEveryKindOfOutcomeBack) {
  run();
  const Completed success = plugin_.send(saying("success"));
  EXPECT_EQ(success.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(success.provider_message_id, "id");
  EXPECT_EQ(success.segments, 3U);
  EXPECT_EQ(success.encoding, "GSM-7");
  const Completed rejected = plugin_.send(saying("rejected"));
  EXPECT_EQ(rejected.code, HERALD_OUTCOME_REJECTED);
  EXPECT_EQ(rejected.error_code, "blocked");
  const Completed limited = plugin_.send(saying("rate limited"));
  EXPECT_EQ(limited.code, HERALD_OUTCOME_RATE_LIMITED);
  EXPECT_EQ(limited.retry_after_ms, 2500U);
  EXPECT_EQ(limited.flags, HERALD_OUTCOME_LANE_WIDE);
  EXPECT_EQ(limited.error_code, "slow_down");
  EXPECT_EQ(plugin_.send(saying("negative delay")).retry_after_ms, 0U);
  EXPECT_EQ(plugin_.send(saying("error")).code, HERALD_OUTCOME_ERROR);
  EXPECT_EQ(plugin_.send(saying("timeout")).code, HERALD_OUTCOME_TIMEOUT);
}

TEST_F(SyncBorder, TurnsAnExceptionInSendIntoAnError) {
  run();
  for (const char* body : {"throw", "throw 1"}) {
    const Completed completed = plugin_.send(saying(body));
    EXPECT_EQ(completed.code, HERALD_OUTCOME_ERROR);
    EXPECT_EQ(completed.error_code, "exception");
  }
  EXPECT_TRUE(plugin_.host().logged("send broke"));
  EXPECT_EQ(plugin_.send(saying("success")).code, HERALD_OUTCOME_SUCCESS);
}

TEST_F(SyncBorder, TellsWhyAConfigurationIsRefused) {
  const Configured refused = plugin_.configure(R"("refuse")");
  EXPECT_EQ(refused.result, HERALD_E_INVALID);
  EXPECT_EQ(refused.error, "not this one");
  EXPECT_EQ(plugin_.configure(R"("unavailable")").result, HERALD_E_UNAVAILABLE);
}

TEST_F(SyncBorder, CatchesAnExceptionInConfigure) {
  const Configured thrown = plugin_.configure(R"("throw")");
  EXPECT_EQ(thrown.result, HERALD_E_INTERNAL);
  EXPECT_THAT(thrown.error, HasSubstr("configure broke"));
  EXPECT_EQ(plugin_.configure(R"("throw 1")").result, HERALD_E_INTERNAL);
  EXPECT_EQ(plugin_.start(), HERALD_E_STATE) << "no configuration was accepted";
}

TEST_F(SyncBorder, CatchesAnExceptionInStart) {
  ASSERT_EQ(plugin_.configure(R"("start throws")").result, HERALD_OK);
  EXPECT_EQ(plugin_.start(), HERALD_E_INTERNAL);
  EXPECT_TRUE(plugin_.host().logged("start broke"));
  EXPECT_EQ(plugin_.submit({saying("success")}).result, HERALD_E_STATE);
}

TEST_F(SyncBorder, CatchesAnExceptionInDrain) {
  run(R"("drain throws")");
  EXPECT_EQ(plugin_.drain(1s), HERALD_E_INTERNAL);
  EXPECT_TRUE(plugin_.host().logged("drain broke"));
}

TEST_F(SyncBorder, CatchesAnExceptionInStopAndStopsAllTheSame) {
  run(R"("stop throws")");
  plugin_.stop();
  EXPECT_TRUE(plugin_.host().logged("stop broke"));
  EXPECT_EQ(plugin_.submit({saying("success")}).result, HERALD_E_STATE);
}

TEST_F(SyncBorder, KeepsTheOrderOfItsLife) {
  EXPECT_EQ(plugin_.start(), HERALD_E_STATE);
  EXPECT_EQ(plugin_.drain(1s), HERALD_E_STATE);
  run();
  EXPECT_EQ(plugin_.start(), HERALD_E_STATE);
  EXPECT_EQ(plugin_.drain(1s), HERALD_OK);
  plugin_.stop();
  EXPECT_EQ(plugin_.configure("{}").result, HERALD_E_STATE);
  EXPECT_EQ(plugin_.start(), HERALD_E_STATE);
}

TEST_F(SyncBorder, RefusesASubmitWithoutItsArguments) {
  run();
  herald_batch empty = {};
  empty.struct_size = sizeof empty;
  const herald_plugin& raw = plugin_.descriptor();
  EXPECT_EQ(raw.submit(plugin_.instance(), nullptr, plugin_.completions().table()), HERALD_E_INVALID);
  EXPECT_EQ(raw.submit(plugin_.instance(), &empty, plugin_.completions().table()), HERALD_E_INVALID);
}

TEST_F(SyncBorder, CanBeDestroyedAtAnyPointOfItsLife) {
  const PluginUnderTest created(HERALD_BORDER_SYNC);
  PluginUnderTest configured(HERALD_BORDER_SYNC);
  configured.configure("{}");
  run();
  // A host that forgets stop is forgiven: the instance ends by itself.
  const herald_plugin& raw = plugin_.descriptor();
  const FakeHost host;
  herald_instance running = raw.create(host.table());
  ASSERT_EQ(raw.configure(running, herald::detail::as_str("{}"), nullptr), HERALD_OK);
  ASSERT_EQ(raw.start(running), HERALD_OK);
  raw.destroy(running);
}

TEST_F(AsyncBorder, CompletesInlineAndFromAThread) {
  run();
  EXPECT_EQ(plugin_.send(saying("hello")).provider_message_id, "inline");
  EXPECT_EQ(plugin_.send(saying("thread")).provider_message_id, "from a thread");
}

TEST_F(AsyncBorder, CompletesAMessageThatIsDroppedAsAnError) {
  run();
  const Completed completed = plugin_.send(saying("drop"));
  EXPECT_EQ(completed.code, HERALD_OUTCOME_ERROR);
  EXPECT_EQ(completed.error_code, "dropped");
}

TEST_F(AsyncBorder, CompletesAMessageOnceAlone) {
  run();
  EXPECT_EQ(plugin_.send(saying("twice")).provider_message_id, "first");
  EXPECT_EQ(plugin_.completions().all().size(), 1U);
  EXPECT_EQ(plugin_.completions().stray(), 0U);
}

TEST_F(AsyncBorder, FailsOnlyWhatWasNotCompletedWhenSubmitThrows) {
  run();
  ASSERT_EQ(plugin_.submit({saying("before"), saying("throw"), saying("after")}).result, HERALD_OK);
  const auto all = plugin_.completions().all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(all[1].error_code, "exception");
  EXPECT_EQ(all[2].error_code, "exception");
  EXPECT_TRUE(plugin_.host().logged("submit broke"));
}

TEST_F(AsyncBorder, LetsNothingThroughAfterStop) {
  const FakeHost host;
  Completions completions;
  const herald_plugin& raw = plugin_.descriptor();
  herald_instance careless = raw.create(host.table());
  ASSERT_EQ(raw.configure(careless, herald::detail::as_str("{}"), nullptr), HERALD_OK);
  ASSERT_EQ(raw.start(careless), HERALD_OK);
  const auto submission = std::make_shared<detail::Submission>(std::vector<TestMessage>{saying("keep")}, 1);
  completions.expect(1, submission, 0);
  ASSERT_EQ(raw.submit(careless, submission->batch(), completions.table()), HERALD_OK);
  raw.stop(careless);
  raw.destroy(careless);  // its destructor completes what it kept
  EXPECT_TRUE(completions.all().empty());
  EXPECT_EQ(completions.outstanding(), 1U);
}

TEST_F(AsyncBorder, CountsAnAbandonedMessageAsOutNoLonger) {
  run();
  ASSERT_EQ(plugin_.submit({saying("abandon")}).result, HERALD_OK);
  EXPECT_EQ(plugin_.drain(10s), HERALD_OK);
  EXPECT_TRUE(plugin_.completions().all().empty());
}

TEST_F(AsyncBorder, DrainsWithTimeoutWhileAMessageIsKept) {
  run();
  ASSERT_EQ(plugin_.submit({saying("keep")}).result, HERALD_OK);
  EXPECT_EQ(plugin_.drain(10ms), HERALD_E_TIMEOUT);
  EXPECT_TRUE(plugin_.host().logged("1 messages are not completed"));
}

TEST_F(AsyncBorder, RefusesSettingsThatItDoesNotHave) {
  const Configured refused = plugin_.configure(R"({"url": "x"})");
  EXPECT_EQ(refused.result, HERALD_E_INVALID);
  EXPECT_THAT(refused.error, HasSubstr("no settings"));
  EXPECT_EQ(plugin_.configure(" {\n} ").result, HERALD_OK);
}

TEST_F(AsyncBorder, OffersFaultsAndNoUnknownExtension) {
  EXPECT_NE(plugin_.extension(HERALD_EXT_FAULTS), nullptr);
  EXPECT_EQ(plugin_.extension("herald.faults/2"), nullptr);
  EXPECT_EQ(plugin_.extension(""), nullptr);
}

TEST_F(AsyncBorder, ChecksFaultsBeforeTheProviderSeesThem) {
  EXPECT_EQ(plugin_.set_faults({10, 20, 30, 1}), HERALD_OK);
  EXPECT_EQ(plugin_.set_faults({101, 0, 0, 1}), HERALD_E_INVALID);
  EXPECT_EQ(plugin_.set_faults({50, 51, 0, 1}), HERALD_E_INVALID);
  EXPECT_EQ(plugin_.set_faults({0, 0, 0, 13}), HERALD_E_INVALID);
  EXPECT_EQ(plugin_.set_faults({0, 66, 0, 1}), HERALD_E_INTERNAL);
}

TEST_F(SyncBorder, OffersNoFaultsWithoutTheMixin) {
  EXPECT_EQ(plugin_.extension(HERALD_EXT_FAULTS), nullptr);
  EXPECT_EQ(plugin_.set_faults({}), HERALD_E_UNSUPPORTED);
}

}  // namespace
}  // namespace herald::testkit
