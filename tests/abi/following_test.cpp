// The room follows its folder: real libraries that come and go, with lanes and operators that the test plays.
#include <future>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::Channel;
using domain::ProviderState;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;

class Following : public testing::Test {
 protected:
  Providers& start() {
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    return *providers_;
  }

  // Puts the plugin into the folder whole, by a rename: a host that looks at this moment sees all of it or nothing.
  std::filesystem::path drop(const std::string& plugin) {
    const auto whole = bench_.dir / "whole.tmp";
    std::filesystem::copy_file(std::filesystem::path(ABI_PLUGIN_DIR) / (plugin + ".so"), whole);
    std::filesystem::permissions(whole, std::filesystem::perms{0755});
    std::filesystem::rename(whole, bench_.folder / (plugin + ".so"));
    return bench_.folder / (plugin + ".so");
  }

  // Waits until as many plugins are listed in this state.
  bool listed(ProviderState state, std::size_t count = 1) {
    return test::eventually(
        [&] {
          const auto all = providers_->admin().list();
          return static_cast<std::size_t>(std::count_if(
                     all.begin(), all.end(), [state](const auto& info) { return info.state == state; })) == count;
        },
        seconds{30});
  }

  void set_faults(std::uint32_t error_pct) {
    domain::FaultSettings settings;
    settings.global.error_pct = error_pct;
    std::promise<base::Status> done;
    providers_->admin().set_faults(settings, [&done](base::Status status) { done.set_value(std::move(status)); });
    ASSERT_TRUE(done.get_future().get().has_value());
  }

  test::PluginBench bench_;
  std::optional<Providers> providers_;
};

TEST_F(Following, StartsANewcomerWithTheFaultsThatAreSetNow) {
  start();
  set_faults(30);
  drop("scripted");
  ASSERT_TRUE(listed(ProviderState::kActive));
  EXPECT_THAT(bench_.said(), Contains("faults 0/30/0 seed 0:0"));
  EXPECT_THAT(providers_->admin().fault_injectors(), ElementsAre("scripted"));
  EXPECT_NE(bench_.lanes.port("scripted"), nullptr);
}

TEST_F(Following, HoldsBackANewcomerThatWasDisabledBefore) {
  bench_.kept.set("provider.scripted.enabled", "false");
  start();
  drop("scripted");
  ASSERT_TRUE(listed(ProviderState::kDisabled));
  EXPECT_TRUE(bench_.lanes.paused("scripted"));
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), std::nullopt);
}

TEST_F(Following, GivesANewcomerTheConfigurationThatIsKept) {
  bench_.kept.set("provider.scripted.config", R"({"gate":"/kept"})");
  start();
  drop("scripted");
  ASSERT_TRUE(listed(ProviderState::kActive));
  EXPECT_THAT(bench_.said(), Contains(R"(configure {"gate":"/kept"})"));
}

TEST_F(Following, ShowsAProviderAsDrainingUntilItsLaneIsIdle) {
  const auto file = drop("scripted");
  start();
  bench_.lanes.set_busy("scripted", true);
  std::filesystem::remove(file);
  ASSERT_TRUE(listed(ProviderState::kDraining));
  EXPECT_TRUE(test::eventually([this] { return bench_.lanes.detaching("scripted"); }));
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), std::nullopt);
  EXPECT_TRUE(providers_->admin().fault_injectors().empty());
  bench_.lanes.set_busy("scripted", false);
  ASSERT_TRUE(listed(ProviderState::kDraining, 0));
  EXPECT_TRUE(providers_->admin().list().empty());
  EXPECT_EQ(bench_.lanes.port("scripted"), nullptr);
}

TEST_F(Following, WaitsWithAProviderThatReturnsUntilItHasGone) {
  const auto file = drop("scripted");
  start();
  bench_.lanes.set_busy("scripted", true);
  std::filesystem::remove(file);
  ASSERT_TRUE(listed(ProviderState::kDraining));
  drop("scripted");
  drop("well_behaved");
  ASSERT_TRUE(listed(ProviderState::kActive)) << "another file is not held up";
  EXPECT_TRUE(listed(ProviderState::kDraining));
  bench_.lanes.set_busy("scripted", false);
  ASSERT_TRUE(listed(ProviderState::kStandby)) << "its channel has gone to the other one meanwhile";
  EXPECT_EQ(bench_.log.of("provider.started").size(), 3U);
  EXPECT_EQ(bench_.log.of("provider.removed").size(), 1U);
}

TEST_F(Following, ListsABrokenNewcomerOnceAndForgetsItWhenItGoes) {
  start();
  const auto file = drop("crash_on_load");
  ASSERT_TRUE(listed(ProviderState::kRefused));
  drop("well_behaved");
  ASSERT_TRUE(listed(ProviderState::kActive));
  EXPECT_EQ(bench_.log.of("provider.refused").size(), 1U);
  std::filesystem::remove(file);
  ASSERT_TRUE(listed(ProviderState::kRefused, 0));
}

TEST_F(Following, GivesTheRouteToTheProviderThatItNamesOnceThatComes) {
  bench_.options.routes[Channel::kEmail] = "scripted";
  drop("well_behaved");
  start();
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), std::nullopt);
  drop("scripted");
  ASSERT_TRUE(listed(ProviderState::kActive));
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), "scripted");
}

TEST_F(Following, BeginsNothingOnceTheHostIsAboutToStop) {
  start();
  providers_->begin_stop();
  drop("scripted");
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{5})), 0U);
  EXPECT_TRUE(bench_.log.of("provider.started").empty());
}

}  // namespace
}  // namespace herald::providers
