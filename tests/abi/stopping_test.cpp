// Stopping, when a plugin does not help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::eventually;
using test::item_with;

class Stopping : public testing::Test {
 protected:
  void start(const std::string& plugin) {
    bench_.install(plugin);
    for (const char* name : {"scripted", "scripted-blocking"}) {
      bench_.options.provider_config[name] = R"({"gate":")" + gate_.string() + "\"}";
    }
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    ASSERT_EQ(bench_.lanes.ports().size(), 1U);
  }

  void submit(domain::Ticket ticket, const std::string& body) {
    bench_.lanes.ports().front()->submit({item_with(ticket, body, bench_.in(seconds{60}))}, sink_);
  }

  // Waits until the plugin has it.
  void hand_over(domain::Ticket ticket, const std::string& body) {
    submit(ticket, body);
    ASSERT_TRUE(eventually([&] {
      return bench_.metrics.prometheus_text().find("herald_plugin_submits{provider=\"scripted\"} 1") !=
             std::string::npos;
    }));
  }

  void open_gate() { std::ofstream(gate_).put('\n'); }

  test::PluginBench bench_;
  std::filesystem::path gate_ = bench_.dir / "gate";
  test::RecordingSink sink_;
  std::optional<Providers> providers_;
};

TEST_F(Stopping, LetsAPluginFinishWhatItHas) {
  start("scripted");
  hand_over(1, "wait");
  open_gate();
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  ASSERT_EQ(sink_.of(1).size(), 1U);
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kSuccess);
}

TEST_F(Stopping, GivesUpMessagesThatAreNeverCompleted) {
  start("scripted");
  hand_over(1, "never");
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  ASSERT_EQ(sink_.of(1).size(), 1U);
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kTimeout);
  EXPECT_EQ(sink_.of(1).at(0).error_code, "provider_stopped");
}

TEST_F(Stopping, StopsAPluginThatDidNotDrainInTime) {
  start("scripted");
  hand_over(1, "wait");
  EXPECT_EQ(providers_->stop_all(bench_.in(milliseconds{20})), 0U);
  EXPECT_EQ(bench_.log.of("provider.not_drained").size(), 1U);
  EXPECT_EQ(bench_.said().back(), "destroy");
}

TEST_F(Stopping, RefusesMessagesAfterwards) {
  start("scripted");
  providers_->stop_all(bench_.in(seconds{30}));
  submit(1, "any");
  EXPECT_EQ(sink_.of(1).at(0).error_code, "provider_stopped");
}

TEST_F(Stopping, LeavesAPluginBehindWhoseSubmitNeverReturns) {
  start("scripted_blocking");
  submit(1, "block");
  submit(2, "any");
  ASSERT_TRUE(eventually([&] { return sink_.of(2).size() == 1; }));
  EXPECT_EQ(providers_->stop_all(bench_.in(milliseconds{20})), 1U);
  EXPECT_EQ(bench_.log.of("provider.abandoned").size(), 1U);
  EXPECT_EQ(sink_.of(1).at(0).error_code, "provider_stopped");
  for (const auto& text : bench_.said())
    EXPECT_NE(text, "stop");  // which may not overlap submit
  providers_.reset();
}

TEST_F(Stopping, ShowsThatItDrains) {
  start("scripted");
  providers_->stop_all(bench_.in(seconds{30}));
  EXPECT_EQ(providers_->admin().list().at(0).state, domain::ProviderState::kDraining);
}

}  // namespace
}  // namespace herald::providers
