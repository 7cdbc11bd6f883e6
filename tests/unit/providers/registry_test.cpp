#include "providers/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using domain::Channel;
using domain::ProviderInfo;
using domain::ProviderState;
using testing::ElementsAre;

ProviderInfo provider(const std::string& file, const std::string& name, std::vector<Channel> channels) {
  ProviderInfo info;
  info.name = name;
  info.file_name = file;
  info.channels = std::move(channels);
  return info;
}

ProviderInfo email(const std::string& file, const std::string& name) {
  return provider(file, name, {Channel::kEmail});
}

TEST(RegistryTest, ServesNobodyBeforeItIsSettled) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  EXPECT_EQ(registry.route(Channel::kEmail), std::nullopt);
  EXPECT_TRUE(registry.list().empty());
}

TEST(RegistryTest, GivesAChannelToTheFirstByFileName) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  EXPECT_TRUE(registry.settle().empty());
  EXPECT_EQ(registry.route(Channel::kEmail), "alpha");
  EXPECT_EQ(registry.route(Channel::kSms), std::nullopt);
}

TEST(RegistryTest, ShowsWhoServesWhat) {
  Registry registry({});
  ASSERT_TRUE(registry.add(provider("a.so", "alpha", {Channel::kSms, Channel::kMms})).has_value());
  ASSERT_TRUE(registry.add(provider("b.so", "beta", {Channel::kSms})).has_value());
  registry.settle();
  const auto listed = registry.list();
  EXPECT_EQ(listed.at(0).state, ProviderState::kActive);
  EXPECT_THAT(listed.at(0).active_channels, ElementsAre(Channel::kSms, Channel::kMms));
  EXPECT_EQ(listed.at(1).state, ProviderState::kStandby);
  EXPECT_TRUE(listed.at(1).active_channels.empty());
}

TEST(RegistryTest, KeepsAChannelWithItsIncumbentWhenANewcomerSortsFirst) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.settle();
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
}

TEST(RegistryTest, KeepsAChannelWithItsIncumbentOverARestart) {
  Registry registry({});
  registry.set_incumbents({{Channel::kEmail, "beta"}});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
}

TEST(RegistryTest, GivesTheChannelOfAnAbsentIncumbentToTheNext) {
  Registry registry({});
  registry.set_incumbents({{Channel::kEmail, "gone"}});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "alpha");
}

TEST(RegistryTest, KeepsAChannelForAnIncumbentThatIsAwaited) {
  Registry registry({});
  registry.set_incumbents({{Channel::kEmail, "alpha"}});
  registry.await({"alpha"});
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
  EXPECT_EQ(registry.incumbents().at(Channel::kEmail), "alpha");
  registry.await_no_more("alpha");
  registry.settle();
  EXPECT_EQ(registry.incumbents().at(Channel::kEmail), "beta");
}

TEST(RegistryTest, PutsTheOperatorsRouteFirst) {
  Registry registry({{Channel::kEmail, "beta"}});
  registry.set_incumbents({{Channel::kEmail, "alpha"}});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
}

TEST(RegistryTest, LeavesAChannelUnservedWhoseRouteIsAbsentOrDoesNotOfferIt) {
  Registry registry({{Channel::kEmail, "absent"}, {Channel::kSms, "alpha"}});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  const auto unserved = registry.settle();
  EXPECT_EQ(unserved.size(), 2U);
  EXPECT_EQ(registry.route(Channel::kEmail), std::nullopt);
  EXPECT_EQ(registry.route(Channel::kSms), std::nullopt);
}

TEST(RegistryTest, TakesANameOnce) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  const auto second = registry.add(email("b.so", "alpha"));
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message, testing::HasSubstr("taken by a.so"));
}

TEST(RegistryTest, ListsTheRefusedWithoutServingThem) {
  Registry registry({});
  auto info = email("a.so", "alpha");
  info.reason = "damaged";
  registry.refuse(info);
  ASSERT_TRUE(registry.add(email("b.so", "alpha")).has_value());  // a refused name is free
  registry.settle();
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kRefused);
  EXPECT_EQ(registry.list().at(0).reason, "damaged");
  EXPECT_TRUE(registry.list().at(0).active_channels.empty());
  EXPECT_EQ(registry.list().at(1).state, ProviderState::kActive);
}

TEST(RegistryTest, GivesTheChannelsOfADisabledProviderToWhoStandsBy) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kDisabled);
  EXPECT_TRUE(registry.list().at(0).active_channels.empty());
  EXPECT_EQ(registry.incumbents().at(Channel::kEmail), "beta");
}

TEST(RegistryTest, KeepsTheNewIncumbentWhenTheFormerOneIsEnabledAgain) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  registry.settle();
  ASSERT_TRUE(registry.set_enabled("alpha", true).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kStandby);
}

TEST(RegistryTest, ServesNobodyWhenTheOperatorsRouteIsDisabled) {
  Registry registry({{Channel::kEmail, "alpha"}});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  EXPECT_EQ(registry.settle().size(), 1U);
  EXPECT_EQ(registry.route(Channel::kEmail), std::nullopt);
}

TEST(RegistryTest, RemembersWhoHeldAChannelThatNobodyServes) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.settle();
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), std::nullopt);
  EXPECT_EQ(registry.incumbents().at(Channel::kEmail), "alpha");
}

TEST(RegistryTest, EnablesNeitherTheUnknownNorTheRefused) {
  Registry registry({});
  registry.refuse(email("a.so", "alpha"));
  EXPECT_EQ(registry.set_enabled("alpha", true).error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(registry.set_enabled("nobody", false).error().code, base::ErrorCode::kNotFound);
  EXPECT_TRUE(registry.enabled("nobody"));
  ASSERT_TRUE(registry.add(email("b.so", "alpha")).has_value());  // one that runs under the refused one's name
  EXPECT_TRUE(registry.set_enabled("alpha", false).has_value());
}

TEST(RegistryTest, KeepsRoutesWhileItDrains) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.mark_draining();
  registry.settle();
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kDraining);
  EXPECT_EQ(registry.route(Channel::kEmail), "alpha");
}

TEST(RegistryTest, GivesTheChannelsOfOneThatLeavesToTheOneThatStandsBy) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.settle();
  registry.leave("alpha");
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "beta");
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kDraining);
  registry.remove("alpha");
  registry.settle();
  ASSERT_EQ(registry.list().size(), 1U);
  EXPECT_EQ(registry.list().at(0).name, "beta");
}

TEST(RegistryTest, NeitherEnablesNorDisablesOneThatLeaves) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.leave("alpha");
  EXPECT_EQ(registry.set_enabled("alpha", false).error().code, base::ErrorCode::kNotFound);
  EXPECT_TRUE(registry.enabled("alpha"));
}

TEST(RegistryTest, ForgetsThatOneWasDisabledOnceItIsGone) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  registry.remove("alpha");
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  registry.settle();
  EXPECT_EQ(registry.route(Channel::kEmail), "alpha") << "what was kept decides, and not what ran before";
}

TEST(RegistryTest, ShowsAnotherVersionInThePlaceOfTheOldOne) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("a.so", "alpha")).has_value());
  ASSERT_TRUE(registry.set_enabled("alpha", false).has_value());
  auto next = provider("c.so", "alpha", {Channel::kSms});
  next.version = "2.0.0";
  registry.replace(next);
  registry.settle();
  ASSERT_EQ(registry.list().size(), 1U);
  EXPECT_EQ(registry.list().at(0).version, "2.0.0");
  EXPECT_EQ(registry.list().at(0).file_name, "c.so");
  EXPECT_EQ(registry.list().at(0).state, ProviderState::kDisabled) << "an upgrade enables nobody";
}

TEST(RegistryTest, ListsTheRefusedFilesOfNowInsteadOfThoseBefore) {
  Registry registry({});
  ASSERT_TRUE(registry.add(email("b.so", "beta")).has_value());
  registry.set_refused({email("a.so", "beta"), email("c.so", "gamma")});
  registry.set_refused({email("c.so", "gamma")});
  registry.settle();
  ASSERT_EQ(registry.list().size(), 2U);
  EXPECT_EQ(registry.list().at(0).name, "beta");
  EXPECT_EQ(registry.list().at(1).state, ProviderState::kRefused);
}

}  // namespace
}  // namespace herald::providers
