// The room as a whole, over real libraries.
#include "providers/providers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::Channel;
using domain::OutcomeKind;
using domain::ProviderState;
using std::chrono::seconds;
using test::eventually;
using test::item_with;
using testing::ElementsAre;
using testing::HasSubstr;

class ProvidersTest : public testing::Test {
 protected:
  Providers& started() {
    providers_ = std::make_unique<Providers>(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    return *providers_;
  }

  std::vector<domain::ProviderPort*> started_ports() {
    started();
    return bench_.lanes.ports();
  }

  domain::ProviderPort& only_port() {
    const auto ports = started_ports();
    if (ports.size() != 1) throw std::runtime_error("expected one provider; the first refusal: " + first_refusal());
    return *ports.front();
  }

  std::string first_refusal() const {
    const auto lines = bench_.log.of("provider.refused");
    return lines.empty() ? "" : lines.front().fields.at("reason");
  }

  // The one outcome of a message with this body.
  domain::Outcome outcome_of(domain::ProviderPort& port, const std::string& body) {
    const domain::Ticket ticket = ++ticket_;
    port.submit({item_with(ticket, body, bench_.in(seconds{60}))}, sink_);
    EXPECT_TRUE(eventually([&] { return !sink_.of(ticket).empty(); }));
    return sink_.of(ticket).at(0);
  }

  std::uint64_t invalid(const std::string& provider) {
    return bench_.metrics.provider(provider).invalid_completions.value();
  }

  test::PluginBench bench_;
  test::RecordingSink sink_;
  domain::Ticket ticket_ = 0;
  std::unique_ptr<Providers> providers_;  // before what it uses is gone
};

TEST_F(ProvidersTest, WalksAPluginThroughItsLifeInOrder) {
  bench_.install("scripted");
  bench_.options.faults.timeout_pct = 10;
  bench_.options.provider_faults["scripted"].error_pct = 20;
  bench_.options.provider_faults["scripted"].seed = 7;
  started().stop_all(bench_.in(seconds{30}));
  EXPECT_THAT(bench_.said(),
              ElementsAre("create", "configure {}", "faults 10/20/0 seed 1:7", "start", "drain", "stop", "destroy"));
}

TEST_F(ProvidersTest, LogsEachStartWithItsSeed) {
  bench_.install("scripted");
  bench_.options.faults.seed = 99;
  started();
  ASSERT_EQ(bench_.log.of("provider.started").size(), 1U);
  const auto line = bench_.log.of("provider.started").front();
  EXPECT_EQ(line.fields.at("provider_name"), "scripted");
  EXPECT_EQ(line.fields.at("channels"), "email");
  EXPECT_EQ(line.fields.at("abi"), "1.1");
  EXPECT_EQ(bench_.log.of("provider.seeded").at(0).fields.at("seed"), "99");
}

TEST_F(ProvidersTest, ServesOnWithoutAPluginFolder) {
  bench_.options.plugin_dir = (bench_.dir / "missing").string();
  EXPECT_TRUE(started_ports().empty());
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), std::nullopt);
  ASSERT_EQ(bench_.log.of("provider.folder_unusable").size(), 1U);
  EXPECT_THAT(bench_.log.of("provider.folder_unusable").at(0).fields.at("error"), HasSubstr("API_PLUGIN_DIR"));
}

TEST_F(ProvidersTest, StartsTheSoundOnesBesideTheBroken) {
  bench_.install("crash_on_load", "a");
  bench_.install("well_behaved", "b");
  EXPECT_EQ(started_ports().size(), 1U);
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), "well-behaved");
  const auto listed = providers_->admin().list();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].state, ProviderState::kRefused);
  EXPECT_EQ(listed[1].state, ProviderState::kActive);
  EXPECT_EQ(bench_.log.of("provider.refused").at(0).fields.at("file"), "a.so");
}

TEST_F(ProvidersTest, RefusesASecondProviderOfTheSameName) {
  bench_.install("well_behaved", "a");
  bench_.install("well_behaved", "b");
  EXPECT_EQ(started_ports().size(), 1U);
  EXPECT_THAT(bench_.log.of("provider.superseded").at(0).fields.at("reason"), HasSubstr("superseded by a.so"));
  EXPECT_TRUE(bench_.log.of("provider.refused").empty());
}

TEST_F(ProvidersTest, GivesTheChannelToTheFirstAndKeepsTheOtherOnStandby) {
  bench_.install("well_behaved", "b");
  bench_.install("scripted", "a");
  EXPECT_EQ(started().routes().route(Channel::kEmail), "scripted");
  EXPECT_EQ(providers_->admin().list().at(1).state, ProviderState::kStandby);
}

TEST_F(ProvidersTest, SaysThatARouteNamesAnUnknownProvider) {
  bench_.install("well_behaved");
  bench_.options.routes[Channel::kEmail] = "absent";
  EXPECT_EQ(started().routes().route(Channel::kEmail), std::nullopt);
  EXPECT_EQ(bench_.log.of("provider.channel_unserved").at(0).fields.at("provider_name"), "absent");
}

TEST_F(ProvidersTest, HandsOverItsConfiguration) {
  bench_.install("scripted");
  bench_.options.provider_config["scripted"] = R"({"gate":"/nowhere"})";
  started();
  EXPECT_TRUE(bench_.log.mentions(R"(configure {"gate":"/nowhere"})"));
}

TEST_F(ProvidersTest, RefusesAConfigurationThatDoesNotFitTheSchemaWithoutShowingIt) {
  bench_.install("scripted");
  bench_.options.provider_config["scripted"] = R"({"token":"hunter2"})";
  EXPECT_TRUE(started_ports().empty());
  EXPECT_THAT(first_refusal(), HasSubstr("/token"));
  EXPECT_FALSE(bench_.log.mentions("hunter2"));
}

TEST_F(ProvidersTest, PassesOnWhyAPluginRefusesItsConfiguration) {
  bench_.install("scripted");
  bench_.options.provider_config["scripted"] = R"({"refuse":true})";
  EXPECT_TRUE(started_ports().empty());
  EXPECT_THAT(first_refusal(), HasSubstr("told to refuse"));
  EXPECT_EQ(bench_.said().back(), "destroy");
}

TEST_F(ProvidersTest, RefusesFaultsThatComeToMoreThanAHundred) {
  bench_.install("scripted");
  bench_.options.faults.timeout_pct = 60;
  bench_.options.provider_faults["scripted"].error_pct = 50;
  EXPECT_TRUE(started_ports().empty());
  EXPECT_THAT(first_refusal(), HasSubstr("API_PROVIDER_TIMEOUT_PCT=60, API_PROVIDER_SCRIPTED_ERROR_PCT=50"));
}

TEST_F(ProvidersTest, WarnsOfSettingsThatNobodyReads) {
  bench_.install("well_behaved");
  bench_.options.provider_faults["well-behaved"].error_pct = 5;  // it does not inject faults
  bench_.options.provider_config["absent"] = "{}";
  started();
  EXPECT_EQ(bench_.log.of("provider.setting_unused").size(), 2U);
}

TEST_F(ProvidersTest, RefusesAPluginOfTwoFaces) {
  bench_.install("two_faced");
  EXPECT_TRUE(started_ports().empty());
  EXPECT_THAT(first_refusal(), HasSubstr("described itself otherwise"));
}

TEST_F(ProvidersTest, RefusesPluginsThatThrowOnTheWayUp) {
  for (const char* plugin : {"throws_in_create", "throws_in_configure", "throws_in_start"})
    bench_.install(plugin);
  EXPECT_TRUE(started_ports().empty());
  EXPECT_EQ(bench_.log.of("provider.refused").size(), 3U);
  for (const auto& line : bench_.log.of("provider.refused")) {
    EXPECT_THAT(line.fields.at("reason"), HasSubstr("threw an exception"));
  }
}

TEST_F(ProvidersTest, TurnsAThrowingSubmitIntoAnError) {
  bench_.install("throws_in_submit");
  EXPECT_EQ(outcome_of(only_port(), "any").error_code, "submit_failed");
}

TEST_F(ProvidersTest, StopsPluginsThatThrowOnTheWayDown) {
  for (const char* plugin : {"throws_in_drain", "throws_in_stop", "throws_in_destroy"})
    bench_.install(plugin);
  EXPECT_EQ(started_ports().size(), 3U);
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  EXPECT_EQ(bench_.log.of("provider.exception").size(), 2U);  // drain's is a failed drain
  EXPECT_EQ(bench_.log.of("provider.not_drained").size(), 1U);
}

TEST_F(ProvidersTest, BringsOutcomesThroughTheBorder) {
  bench_.install("scripted");
  auto& port = only_port();
  const auto sent = outcome_of(port, "any");
  EXPECT_EQ(sent.kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sent.provider_message_id, "scripted-1");
  EXPECT_EQ(sent.segments, 2U);
  const auto rejected = outcome_of(port, "reject");
  EXPECT_EQ(rejected.kind, OutcomeKind::kRejected);
  EXPECT_EQ(rejected.error_code, "scripted");
  EXPECT_EQ(outcome_of(port, "fail").error_code, "submit_failed");
}

TEST_F(ProvidersTest, CompletesOnceWhatAPluginCompletesTwice) {
  bench_.install("scripted");
  EXPECT_EQ(outcome_of(only_port(), "twice").kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.count(), 1U);
  EXPECT_EQ(invalid("scripted"), 1U);
}

TEST_F(ProvidersTest, CountsCompletionsOfMessagesThatItNeverSubmitted) {
  bench_.install("scripted");
  EXPECT_EQ(outcome_of(only_port(), "unknown").kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.count(), 1U);
  EXPECT_TRUE(eventually([&] { return invalid("scripted") == 2; }));
}

TEST_F(ProvidersTest, TakesCompletionsFromAThreadOfThePlugins) {
  bench_.install("scripted");
  const auto gate = bench_.dir / "gate";
  bench_.options.provider_config["scripted"] = R"({"gate":")" + gate.string() + "\"}";
  auto& port = only_port();
  port.submit({item_with(1, "wait", bench_.in(seconds{60})), item_with(2, "any", bench_.in(seconds{60}))}, sink_);
  EXPECT_TRUE(eventually([&] { return sink_.of(2).size() == 1; }));
  EXPECT_TRUE(sink_.of(1).empty());
  std::ofstream(gate).put('\n');
  EXPECT_TRUE(eventually([&] { return sink_.of(1).size() == 1; }));
}

TEST_F(ProvidersTest, KeepsTheSubmittingThreadFreeOfABlockingPlugin) {
  bench_.install("scripted_blocking");
  const auto gate = bench_.dir / "gate";
  bench_.options.provider_config["scripted-blocking"] = R"({"gate":")" + gate.string() + "\"}";
  auto& port = only_port();
  port.submit({item_with(1, "block", bench_.in(seconds{60})), item_with(2, "any", bench_.in(seconds{60}))}, sink_);
  EXPECT_TRUE(eventually([&] { return sink_.of(2).size() == 1; }));
  EXPECT_TRUE(sink_.of(1).empty());
  std::ofstream(gate).put('\n');
  EXPECT_TRUE(eventually([&] { return sink_.of(1).size() == 1; }));
}

TEST_F(ProvidersTest, CountsThePluginsOwnMetrics) {
  bench_.install("scripted");
  outcome_of(only_port(), "any");
  EXPECT_THAT(bench_.metrics.prometheus_text(), HasSubstr("herald_plugin_submits{provider=\"scripted\"} 1"));
}

TEST_F(ProvidersTest, RunsOnAfterTheLoadedFileIsOverwritten) {
  const auto file = bench_.install("scripted");
  auto& port = only_port();
  std::filesystem::resize_file(file, 0);
  EXPECT_EQ(outcome_of(port, "any").kind, OutcomeKind::kSuccess);
}

TEST_F(ProvidersTest, KeepsOnlyTheCopiesThatAreInUse) {
  bench_.install("well_behaved");
  started();
  bench_.write("well_behaved.so", "changed");
  started();
  const std::filesystem::path kept(bench_.options.private_dir);
  for (const auto& entry : std::filesystem::directory_iterator(kept))
    EXPECT_EQ(entry.path(), kept / "starts");
  EXPECT_TRUE(std::filesystem::is_empty(kept / "starts"));
}

TEST_F(ProvidersTest, RefusesAPrivateFolderThatOthersMayEnter) {
  bench_.install("well_behaved");
  std::filesystem::create_directory(bench_.options.private_dir);
  std::filesystem::permissions(bench_.options.private_dir, std::filesystem::perms{0755});
  EXPECT_TRUE(started_ports().empty());
  EXPECT_THAT(bench_.log.of("provider.folder_unusable").at(0).fields.at("error"), HasSubstr("chmod 0700"));
}

}  // namespace
}  // namespace herald::providers
