// Carriers over a plugin in C: whatever it does with a request, the carrier is answered and the host lives.
#include <algorithm>
#include <future>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::eventually;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Answer = base::Result<domain::WebhookResponse>;

class Carrier : public testing::Test {
 protected:
  void start(const std::string& plugin = "carrier") {
    bench_.install(plugin);
    bench_.options.provider_config["carrier"] = R"({"gate":")" + gate_.string() + "\"}";
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    ASSERT_EQ(bench_.lanes.ports().size(), 1U);
  }

  std::future<Answer> send(const std::string& path, const std::string& body = "") {
    domain::WebhookRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    const auto answer = std::make_shared<std::promise<Answer>>();
    providers_->admin().webhook(bench_.lanes.ports().front()->name(), std::move(request),
                                [answer](Answer given) { answer->set_value(std::move(given)); });
    return answer->get_future();
  }

  Answer answer_of(std::future<Answer> awaited) {
    if (awaited.wait_for(seconds{30}) == std::future_status::ready) return awaited.get();
    return base::fail(ErrorCode::kCorrupt, "no answer");
  }

  Answer answer(const std::string& path, const std::string& body = "") { return answer_of(send(path, body)); }

  ErrorCode error(const std::string& path) {
    const auto given = answer(path);
    EXPECT_FALSE(given.has_value());
    return given ? ErrorCode::kCorrupt : given.error().code;
  }

  test::PluginBench bench_;
  std::filesystem::path gate_ = bench_.dir / "gate";
  std::optional<Providers> providers_;
};

TEST_F(Carrier, GetsThePluginsAnswer) {
  start();
  const auto given = answer("/echo", std::string("\0\xFF", 2)).value();
  EXPECT_EQ(given.status, 200);
  EXPECT_EQ(given.content_type, "text/plain");
  EXPECT_EQ(given.body, std::string("\0\xFF", 2));
  EXPECT_EQ(answer("/nothing").value().status, 204);
}

TEST_F(Carrier, IsConfirmedWhatIsStored) {
  start();
  EXPECT_EQ(answer("/emit").value().status, 201);
  const auto events = bench_.inbound.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].provider, "carrier");
  EXPECT_EQ(events[0].messages.at(0).provider_message_id, "carrier-in-1");
  EXPECT_EQ(events[0].messages.at(0).body, "hello");
  EXPECT_EQ(events[0].receipts.at(0).provider_message_id, "carrier-out-1");
  EXPECT_EQ(events[0].receipts.at(0).error_code, "absent");
}

TEST_F(Carrier, IsAnsweredForAPluginThatFails) {
  start();
  EXPECT_EQ(error("/fail"), ErrorCode::kInternal);
  EXPECT_THAT(bench_.inbound.events(), IsEmpty());
}

TEST_F(Carrier, IsAnsweredForAPluginThatThrows) {
  start("throws_in_handle");
  EXPECT_EQ(error("/"), ErrorCode::kInternal);
  EXPECT_THAT(bench_.log.of("provider.webhook_failed").at(0).fields.at("error"), HasSubstr("threw an exception"));
}

TEST_F(Carrier, IsNotFoundAtAPluginWhoseExtensionThrows) {
  start("throws_in_extension");
  EXPECT_EQ(error("/"), ErrorCode::kNotFound);
}

TEST_F(Carrier, BringsNoRubbish) {
  start();
  EXPECT_EQ(answer("/rubbish").value().status, 204);
  EXPECT_THAT(bench_.inbound.events(), IsEmpty());
  for (const char* said : {"short -1", "channel -1", "text -1", "null -1", "nothing -1"})
    EXPECT_THAT(bench_.said(), Contains(said));
}

TEST_F(Carrier, GetsTheLastValidAnswer) {
  start();
  EXPECT_EQ(answer("/twice").value().body, "second");
  EXPECT_EQ(answer("/99").value().status, 204);
  EXPECT_THAT(bench_.said(), Contains("99 -1"));
}

TEST_F(Carrier, CannotBeAnsweredThroughAnExchangeThatIsOver) {
  start();
  answer("/keep");
  answer("/late");
  for (const char* said : {"kept -2", "copied -2", "respond -2"})
    EXPECT_THAT(bench_.said(), Contains(said));
  EXPECT_THAT(bench_.inbound.events(), IsEmpty());
}

TEST_F(Carrier, IsAnsweredForAPluginThatHangs) {
  bench_.options.webhook_timeout = milliseconds{20};
  start();
  EXPECT_EQ(error("/hang"), ErrorCode::kUnavailable);
  std::ofstream(gate_).put('\n');
  EXPECT_TRUE(eventually([&] { return !bench_.log.of("provider.webhook_late").empty(); }));
  EXPECT_THAT(bench_.inbound.events(), IsEmpty());
}

TEST_F(Carrier, IsAnsweredWhenAHangingPluginIsLeftBehind) {
  start();
  auto awaited = send("/hang");
  ASSERT_TRUE(eventually([&] { return bench_.said().back() == "hanging 0"; }));
  EXPECT_EQ(providers_->stop_all(bench_.in(milliseconds{20})), 1U);
  const auto given = answer_of(std::move(awaited));
  ASSERT_FALSE(given.has_value());
  EXPECT_EQ(given.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bench_.log.of("provider.abandoned").size(), 1U);
}

TEST_F(Carrier, ReportsByItselfBetweenStartAndStopOnly) {
  start();
  EXPECT_EQ(answer("/spontaneous").value().status, 204);
  EXPECT_TRUE(eventually([&] { return bench_.said().size() == 5; }));
  EXPECT_EQ(bench_.inbound.events().at(0).messages.at(0).body, "spontaneous");
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  auto said = bench_.said();
  std::sort(said.begin() + 3, said.begin() + 5);  // the answer may come before the call has returned
  EXPECT_THAT(said, ElementsAre("unknown extension 0", "emit in create -2", "emit in start -2", "emit 0", "emitted 0",
                                "emit in stop -2"));
}

TEST_F(Carrier, MakesTheHostKeepTheProvidersIds) {
  start();
  EXPECT_TRUE(bench_.lanes.ports().front()->emits_receipts());
}

TEST_F(Carrier, IsHeardAlsoWhenItsProviderIsDisabled) {
  bench_.kept.set("provider.carrier.enabled", "false");
  start();
  EXPECT_EQ(answer("/emit").value().status, 201);
  EXPECT_EQ(bench_.inbound.events().size(), 1U);
}

TEST_F(Carrier, IsNotFoundUnderAnotherName) {
  start();
  std::promise<Answer> answered;
  providers_->admin().webhook("nobody", {}, [&](Answer given) { answered.set_value(std::move(given)); });
  EXPECT_EQ(answer_of(answered.get_future()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace herald::providers
