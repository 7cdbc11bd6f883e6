// What operators change while the host runs, over restarts and real libraries.
#include <atomic>
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
using domain::Channel;
using domain::ProviderState;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kToken = "0123456789012345678901234567890123456789";

class Administering : public testing::Test {
 protected:
  Providers& start() {
    providers_.emplace(bench_.options, bench_.surroundings);
    bench_.lanes.end_all();
    providers_->start(bench_.outlets);
    return *providers_;
  }

  // As the next start of the host.
  Providers& restart() {
    providers_->stop_all(bench_.in(seconds{30}));
    return start();
  }

  template <typename Ask>
  base::Status result_of(const Ask& ask) {
    const auto result = std::make_shared<std::promise<base::Status>>();
    auto future = result->get_future();
    ask([result](base::Status status, const auto&...) { result->set_value(std::move(status)); });
    if (future.wait_for(seconds{30}) == std::future_status::ready) return future.get();
    return base::fail(ErrorCode::kCorrupt, "no answer");
  }

  base::Status set_enabled(const std::string& name, bool enabled) {
    return result_of([&](auto done) { providers_->admin().set_enabled(name, enabled, std::move(done)); });
  }
  base::Status configure(const std::string& name, const std::string& json) {
    return result_of([&](auto done) { providers_->admin().configure(name, json, std::move(done)); });
  }
  base::Status set_faults(domain::FaultSettings settings) {
    return result_of([&](auto done) { providers_->admin().set_faults(std::move(settings), std::move(done)); });
  }

  test::PluginBench bench_;
  std::optional<Providers> providers_;
};

TEST_F(Administering, KeepsAProviderDisabledOverARestart) {
  bench_.install("scripted", "a");
  bench_.install("well_behaved", "b");
  start();
  ASSERT_TRUE(set_enabled("scripted", false).has_value());
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), "well-behaved");
  restart();
  EXPECT_EQ(providers_->admin().list().at(0).state, ProviderState::kDisabled);
  EXPECT_EQ(bench_.lanes.ports().size(), 2U);  // it runs, and its lane is paused
  EXPECT_TRUE(bench_.lanes.paused("scripted"));
  ASSERT_TRUE(set_enabled("scripted", true).has_value());
  restart();
  EXPECT_EQ(providers_->admin().list().at(0).state, ProviderState::kStandby);
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), "well-behaved");
}

TEST_F(Administering, KeepsAChannelWithItsIncumbentOverARestart) {
  bench_.install("well_behaved", "b");
  start();
  EXPECT_EQ(bench_.kept.value("incumbent.email"), "well-behaved");
  bench_.install("scripted", "a");
  restart();
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), "well-behaved");
  EXPECT_EQ(providers_->admin().list().at(0).state, ProviderState::kStandby);
}

TEST_F(Administering, KeepsNoIncumbentsOfAStartThatWasCutShort) {
  bench_.install("scripted", "a");
  bench_.install("well_behaved", "b");
  bench_.kept.set("incumbent.email", "well-behaved");
  providers_.emplace(bench_.options, bench_.surroundings);
  std::atomic<int> asked{0};
  providers_->start(bench_.outlets, [&] { return ++asked > 1; });
  EXPECT_EQ(bench_.kept.value("incumbent.email"), "well-behaved");
}

TEST_F(Administering, RefusesToEnableARefusedFile) {
  bench_.install("no_symbol");
  start();
  EXPECT_EQ(set_enabled("no_symbol.so", true).error().code, ErrorCode::kConflict);
}

TEST_F(Administering, KeepsAConfigurationOverARestartBeforeThatOfTheSettings) {
  bench_.install("scripted");
  bench_.options.provider_config["scripted"] = R"({"gate":"/settings"})";
  start();
  ASSERT_TRUE(configure("scripted", std::string(R"({"token":")") + kToken + "\"}").has_value());
  EXPECT_EQ(providers_->admin().config("scripted"), R"({"token":"***"})");
  restart();
  EXPECT_EQ(providers_->admin().config("scripted"), R"({"token":"***"})");
  EXPECT_THAT(bench_.said(), Contains(std::string(R"(configure {"token":")") + kToken + "\"}").Times(2));
}

TEST_F(Administering, ShowsWhyAPluginRefusesAConfigurationButNoSecret) {
  bench_.install("scripted");
  start();
  const auto refused = configure("scripted", R"({"refuse":true})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("told to refuse"));
  EXPECT_EQ(providers_->admin().config("scripted"), "{}");
  const auto unfit = configure("scripted", R"({"token":"hunter2"})");
  EXPECT_THAT(unfit.error().message, HasSubstr("/token"));
  EXPECT_FALSE(bench_.log.mentions("hunter2"));
}

TEST_F(Administering, StartsWithTheSettingsWhenTheKeptConfigurationIsRefused) {
  bench_.install("scripted");
  for (const char* kept : {R"({"refuse":true})", R"({"no longer":"known"})"}) {
    bench_.kept.set("provider.scripted.config", kept);
    start();
    ASSERT_EQ(bench_.lanes.ports().size(), 1U) << kept;
    EXPECT_EQ(providers_->admin().config("scripted"), "{}");
    EXPECT_EQ(bench_.kept.value("provider.scripted.config"), kept);
  }
  EXPECT_EQ(bench_.log.of("provider.kept_config_refused").size(), 2U);
}

TEST_F(Administering, SetsFaultsFromTheNextDispatchOn) {
  bench_.install("scripted");
  bench_.install("well_behaved");
  start();
  EXPECT_THAT(providers_->admin().fault_injectors(), ElementsAre("scripted"));
  domain::FaultSettings settings{{10, 20, 30, 7}, {}};
  settings.providers["scripted"].error_pct = 5;
  ASSERT_TRUE(set_faults(settings).has_value());
  EXPECT_EQ(bench_.said().back(), "faults 10/5/30 seed 1:7");
  settings.global.seed.reset();
  ASSERT_TRUE(set_faults(settings).has_value());
  EXPECT_EQ(bench_.said().back(), "faults 10/5/30 seed 0:0");
  settings.providers["well-behaved"].error_pct = 5;
  EXPECT_EQ(set_faults(settings).error().code, ErrorCode::kInvalid);
}

TEST_F(Administering, TakesNoChangesOnceItStops) {
  bench_.install("scripted");
  start();
  providers_->stop_all(bench_.in(seconds{30}));
  EXPECT_EQ(set_enabled("scripted", false).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace herald::providers
