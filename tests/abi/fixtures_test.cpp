// Libraries that were built against former versions of the ABI and are kept as they were: fixtures/README.md.
#include <future>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using domain::ProviderState;
using std::chrono::seconds;
using test::eventually;
using test::item_with;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

using Answer = base::Result<domain::WebhookResponse>;

class KeptPlugin : public testing::Test {
 protected:
  // The only provider of a room that has this file alone.
  domain::ProviderPort& start(const std::string& file) {
    const auto target = bench_.folder / (file + ".so");
    std::filesystem::copy_file(std::filesystem::path(ABI_FIXTURES) / (file + ".so"), target);
    std::filesystem::permissions(target, std::filesystem::perms{0755});
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    const auto refused = bench_.log.of("provider.refused");
    if (!refused.empty()) throw std::runtime_error(refused.front().fields.at("reason"));
    return *bench_.lanes.ports().at(0);
  }

  domain::Outcome outcome_of(domain::ProviderPort& port, const std::string& body) {
    const domain::Ticket ticket = ++ticket_;
    port.submit({item_with(ticket, body, bench_.in(seconds{60}))}, sink_);
    EXPECT_TRUE(eventually([&] { return !sink_.of(ticket).empty(); })) << body;
    const auto outcomes = sink_.of(ticket);
    return outcomes.empty() ? domain::Outcome{} : outcomes.front();
  }

  Answer answer(const std::string& path, const std::string& body = "") {
    domain::WebhookRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    const auto promise = std::make_shared<std::promise<Answer>>();
    auto awaited = promise->get_future();
    providers_->admin().webhook(bench_.lanes.ports().at(0)->name(), std::move(request),
                                [promise](Answer given) { promise->set_value(std::move(given)); });
    if (awaited.wait_for(seconds{30}) == std::future_status::ready) return awaited.get();
    return base::fail(base::ErrorCode::kCorrupt, "no answer");
  }

  test::PluginBench bench_;
  test::RecordingSink sink_;
  domain::Ticket ticket_ = 0;
  std::optional<Providers> providers_;  // before what it uses is gone
};

class KeptPluginOf10 : public KeptPlugin {};

TEST_F(KeptPluginOf10, IsListedUnderItsOwnVersion) {
  start("plain_1_0");
  const auto listed = providers_->admin().list().at(0);
  EXPECT_EQ(listed.state, ProviderState::kActive);
  EXPECT_EQ(listed.abi_version, "1.0");
  EXPECT_EQ(listed.channels, std::vector{domain::Channel::kEmail});
}

TEST_F(KeptPluginOf10, SendsFromAThreadOfItsOwn) {
  auto& port = start("plain_1_0");
  const auto outcome = outcome_of(port, "any");
  EXPECT_EQ(outcome.kind, OutcomeKind::kSuccess);
  EXPECT_EQ(outcome.provider_message_id, "plain-1.0");
  EXPECT_EQ(outcome.encoding, "UCS-2");
  EXPECT_EQ(outcome.segments, 3U);
}

TEST_F(KeptPluginOf10, TakesABatchAndDrains) {
  auto& port = start("plain_1_0");
  std::vector<domain::DispatchItem> items;
  for (domain::Ticket ticket = 1; ticket <= 4; ++ticket)
    items.push_back(item_with(ticket, "any", bench_.in(seconds{60})));
  port.submit(std::move(items), sink_);
  EXPECT_TRUE(sink_.comes_to(4));
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  EXPECT_EQ(sink_.count(), 4U);
  for (domain::Ticket ticket = 1; ticket <= 4; ++ticket)
    EXPECT_EQ(sink_.of(ticket).at(0).kind, OutcomeKind::kSuccess);
  EXPECT_THAT(bench_.log.of("provider.not_drained"), IsEmpty());
}

TEST_F(KeptPluginOf10, HasNoInboundSide) {
  auto& port = start("plain_1_0");
  EXPECT_FALSE(port.emits_receipts());
  EXPECT_EQ(answer("/").error().code, base::ErrorCode::kNotFound);
}

TEST_F(KeptPluginOf10, CountsItsMetric) {
  auto& port = start("plain_1_0");
  outcome_of(port, "any");
  EXPECT_TRUE(eventually([&] {
    return bench_.metrics.prometheus_text().find("herald_plugin_plain_sent{provider=\"plain\"} 1") != std::string::npos;
  }));
}

class KeptPluginOf11 : public KeptPlugin {};

TEST_F(KeptPluginOf11, SendsAndIsListed) {
  auto& port = start("carrier_1_1");
  EXPECT_EQ(outcome_of(port, "any").kind, OutcomeKind::kSuccess);
  EXPECT_EQ(providers_->admin().list().at(0).abi_version, "1.1");
  EXPECT_TRUE(port.emits_receipts());
}

TEST_F(KeptPluginOf11, BringsWhatItsCarrierSends) {
  start("carrier_1_1");
  EXPECT_EQ(answer("/emit").value().status, 201);
  const auto events = bench_.inbound.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].messages.at(0).body, "hello");
  EXPECT_EQ(events[0].messages.at(0).provider_message_id, "carrier-in-1");
  EXPECT_EQ(events[0].receipts.at(0).error_code, "absent");
  EXPECT_EQ(answer("/echo", "as it is").value().body, "as it is");
}

TEST_F(KeptPluginOf11, EmitsByItself) {
  start("carrier_1_1");
  EXPECT_EQ(answer("/spontaneous").value().status, 204);
  EXPECT_TRUE(eventually([&] { return bench_.inbound.events().size() == 1; }));
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  EXPECT_THAT(bench_.said(), Contains("emitted 0"));
  EXPECT_THAT(bench_.said(), Contains("emit in stop -2"));
}

class KeptSdkPluginOf11 : public KeptPlugin {
 protected:
  domain::ProviderPort& start_configured() {
    bench_.options.provider_config["kept"] = R"({"prefix":"x"})";
    return start("sdk_1_1");
  }
};

TEST_F(KeptSdkPluginOf11, NeedsItsSettings) {
  EXPECT_THROW(start("sdk_1_1"), std::runtime_error);
  EXPECT_THAT(bench_.log.of("provider.refused").at(0).fields.at("reason"), HasSubstr("prefix"));
}

TEST_F(KeptSdkPluginOf11, PassesOnWhyItRefusesThem) {
  bench_.options.provider_config["kept"] = R"({"prefix":"refuse"})";
  EXPECT_THROW(start("sdk_1_1"), std::runtime_error);
  EXPECT_THAT(bench_.log.of("provider.refused").at(0).fields.at("reason"), HasSubstr("told to refuse"));
}

TEST_F(KeptSdkPluginOf11, SendsRejectsAndContainsWhatItThrows) {
  auto& port = start_configured();
  EXPECT_EQ(outcome_of(port, "any").provider_message_id, "kept-b@example.org");
  EXPECT_EQ(outcome_of(port, "reject").error_code, "no_such_number");
  EXPECT_EQ(outcome_of(port, "throw").kind, OutcomeKind::kError);
  EXPECT_TRUE(eventually([&] {
    return bench_.metrics.prometheus_text().find("herald_plugin_kept_sent{provider=\"kept\"} 1") != std::string::npos;
  }));
}

TEST_F(KeptSdkPluginOf11, TakesOtherSettingsWhileItRuns) {
  start_configured();
  const auto changed = std::make_shared<std::promise<base::Status>>();
  auto awaited = changed->get_future();
  providers_->admin().configure("kept", R"({"prefix":"other"})",
                                [changed](base::Status status, const auto&) { changed->set_value(std::move(status)); });
  ASSERT_EQ(awaited.wait_for(seconds{30}), std::future_status::ready);
  EXPECT_TRUE(awaited.get().has_value());
  EXPECT_EQ(outcome_of(*bench_.lanes.ports().at(0), "any").kind, OutcomeKind::kSuccess);
}

TEST_F(KeptSdkPluginOf11, BringsWhatItsCarrierSends) {
  start_configured();
  EXPECT_EQ(answer("/in", "hello").value().body, "taken");
  EXPECT_EQ(answer("/elsewhere").value().status, 404);
  const auto events = bench_.inbound.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].messages.at(0).body, "hello");
  EXPECT_EQ(events[0].receipts.at(0).provider_message_id, "kept-out-1");
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
}

}  // namespace
}  // namespace herald::providers
