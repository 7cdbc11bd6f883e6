// Sound plugins that are refused for their configuration, and started with the one that an operator then gives.
#include <future>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using domain::Channel;
using domain::ProviderState;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kName = "scripted-needy";
constexpr const char* kKey = "provider.scripted-needy.config";
constexpr const char* kGood = R"({"gate":"/given"})";

class Curing : public testing::Test {
 protected:
  void start() {
    providers_.emplace(bench_.options, bench_.surroundings);
    bench_.lanes.end_all();
    providers_->start(bench_.outlets);
  }

  // A host that refuses the plugin, which requires a gate.
  void start_refusing() {
    bench_.install("scripted_needy");
    start();
    ASSERT_EQ(listed().state, ProviderState::kRefused);
  }

  void restart() {
    providers_->stop_all(bench_.in(seconds{30}));
    start();
  }

  base::Status configure(const std::string& json, const std::string& name = kName) {
    const auto result = std::make_shared<std::promise<base::Status>>();
    auto future = result->get_future();
    providers_->admin().configure(name, json,
                                  [result](base::Status status, const auto&) { result->set_value(std::move(status)); });
    if (future.wait_for(seconds{30}) == std::future_status::ready) return future.get();
    return base::fail(ErrorCode::kCorrupt, "no answer");
  }

  static ErrorCode code(const base::Status& status) {
    EXPECT_FALSE(status.has_value());
    return status ? ErrorCode::kCorrupt : status.error().code;
  }

  domain::ProviderInfo listed() { return providers_->admin().list().at(0); }

  void expect_refused_with(const std::string& reason, std::size_t log_lines) {
    EXPECT_EQ(listed().state, ProviderState::kRefused);
    EXPECT_THAT(listed().reason, HasSubstr(reason));
    EXPECT_EQ(bench_.log.of("provider.refused").size(), log_lines);
    EXPECT_TRUE(bench_.lanes.ports().empty());
    EXPECT_EQ(providers_->routes().route(Channel::kEmail), std::nullopt);
    EXPECT_EQ(bench_.kept.value(kKey), "");
  }

  test::PluginBench bench_;
  std::optional<Providers> providers_;
};

TEST_F(Curing, NamesTheCureInTheReason) {
  start_refusing();
  expect_refused_with("PUT /api/providers/scripted-needy/config", 1);
  EXPECT_THAT(listed().reason, HasSubstr("API_PROVIDER_SCRIPTED_NEEDY_CONFIG"));
}

TEST_F(Curing, StartsTheProviderAndGivesItItsChannelAtOnce) {
  start_refusing();
  ASSERT_TRUE(configure(kGood).has_value());
  EXPECT_EQ(providers_->admin().list().size(), 1U);
  EXPECT_EQ(listed().state, ProviderState::kActive);
  EXPECT_EQ(providers_->routes().route(Channel::kEmail), kName);
  EXPECT_NE(bench_.lanes.port(kName), nullptr);
  EXPECT_EQ(providers_->admin().config(kName).value(), kGood);
  EXPECT_EQ(bench_.log.of("provider.configured").size(), 1U);
}

TEST_F(Curing, LastsOverARestart) {
  start_refusing();
  ASSERT_TRUE(configure(kGood).has_value());
  restart();
  EXPECT_EQ(listed().state, ProviderState::kActive);
  EXPECT_EQ(providers_->admin().config(kName).value(), kGood);
}

TEST_F(Curing, TriesNothingThatDoesNotFitTheSchema) {
  start_refusing();
  for (const char* unfit : {"{}", "[]", R"({"gate":7})", R"({"gate":"/given","token":"***"})"})
    EXPECT_EQ(code(configure(unfit)), ErrorCode::kInvalid) << unfit;
  EXPECT_TRUE(bench_.said().empty());
  expect_refused_with("gate", 1);
}

TEST_F(Curing, ListsThePluginsOwnRefusalAndKeepsNothing) {
  start_refusing();
  const auto refused = configure(R"({"gate":"/given","refuse":true})");
  EXPECT_EQ(code(refused), ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("PUT")));
  expect_refused_with("told to refuse", 2);
  EXPECT_THAT(listed().reason, HasSubstr("PUT /api/providers/scripted-needy/config"));
  EXPECT_EQ(code(configure(R"({"gate":"/given","refuse":true})")), ErrorCode::kInvalid);
  expect_refused_with("told to refuse", 2);
  EXPECT_TRUE(configure(kGood).has_value());
}

TEST_F(Curing, SaysThatAStartFailed) {
  start_refusing();
  EXPECT_EQ(code(configure(R"({"gate":"/unreachable"})")), ErrorCode::kUnavailable);
  expect_refused_with("its start returned", 2);
  EXPECT_THAT(listed().reason, HasSubstr("it logged: the gate cannot be reached"));
}

TEST_F(Curing, TakesTheProviderOutAgainWhenItsConfigurationCannotBeKept) {
  start_refusing();
  bench_.kept.refuse();
  EXPECT_EQ(code(configure(kGood)), ErrorCode::kUnavailable);
  expect_refused_with("gate", 1);
  EXPECT_EQ(bench_.lanes.port(kName), nullptr);
  EXPECT_EQ(bench_.log.of("provider.change_undone").size(), 1U);
}

TEST_F(Curing, HoldsBackAProviderThatWasDisabledBefore) {
  bench_.kept.set("provider.scripted-needy.enabled", "false");
  start_refusing();
  ASSERT_TRUE(configure(kGood).has_value());
  EXPECT_EQ(listed().state, ProviderState::kDisabled);
}

TEST_F(Curing, KnowsNoBrokenFileAndNoStranger) {
  bench_.install("crash_on_load");
  start();
  EXPECT_EQ(code(configure("{}", "crash_on_load")), ErrorCode::kNotFound);
  EXPECT_EQ(code(configure("{}", "crash_on_load.so")), ErrorCode::kNotFound);
  EXPECT_EQ(code(configure("{}", "stranger")), ErrorCode::kNotFound);
}

TEST_F(Curing, LeavesAFileBehindThatAnotherOfItsNameGoesBefore) {
  bench_.install("scripted_needy", "a");
  bench_.install("scripted_needy", "b");
  start();
  ASSERT_TRUE(configure(kGood).has_value());
  EXPECT_EQ(bench_.lanes.ports().size(), 1U);
  ASSERT_TRUE(configure(R"({"gate":"/other"})").has_value());
  EXPECT_EQ(providers_->admin().config(kName).value(), R"({"gate":"/other"})");
  EXPECT_EQ(bench_.log.of("provider.started").size(), 1U);
}

}  // namespace
}  // namespace herald::providers
