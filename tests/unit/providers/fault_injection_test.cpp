// Changes of fault injection while the providers run.
#include <atomic>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/administration_fixture.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using test::eventually;
using test::script;
using testing::ElementsAre;
using testing::HasSubstr;

class FaultInjection : public test::AdministrationFixture {
 protected:
  FaultInjection() {
    script().on_faults = [this](const herald_fault_profile& profile) {
      profiles_.push_back(profile);
      return result_;
    };
  }

  std::vector<herald_fault_profile> profiles_;  // in order; the one of the start first
  std::int32_t result_ = HERALD_OK;
};

TEST_F(FaultInjection, IsSetForEveryProviderThatOffersIt) {
  open();
  EXPECT_THAT(admin_->fault_injectors(), ElementsAre("email"));
  domain::FaultSettings settings{{1, 2, 3, std::nullopt}, {}};
  settings.providers["email"].error_pct = 50;
  settings.providers["email"].seed = 9;
  ASSERT_TRUE(set_faults(settings).has_value());
  ASSERT_EQ(profiles_.size(), 2U);
  EXPECT_EQ(profiles_[1].timeout_pct, 1U);
  EXPECT_EQ(profiles_[1].error_pct, 50U);
  EXPECT_EQ(profiles_[1].ratelimit_pct, 3U);
  EXPECT_EQ(profiles_[1].has_seed, 1U);
  EXPECT_EQ(profiles_[1].seed, 9U);
  EXPECT_EQ(admin_->faults().providers.at("email").error_pct, 50U);
  EXPECT_EQ(log_.of("provider.seeded").back().fields.at("seed"), "9");
}

TEST_F(FaultInjection, IsRandomAfterAChangeWithoutASeed) {
  options_.faults.seed = 5;
  open();
  ASSERT_TRUE(set_faults({{0, 10, 0, std::nullopt}, {}}).has_value());
  EXPECT_EQ(profiles_.back().has_seed, 0U);
}

TEST_F(FaultInjection, RefusesWhatDoesNotFitAndLeavesWhatWas) {
  open();
  domain::FaultSettings settings{{60, 0, 0, std::nullopt}, {}};
  settings.providers["email"].error_pct = 41;
  EXPECT_EQ(code(set_faults(settings)), ErrorCode::kInvalid);
  EXPECT_EQ(profiles_.size(), 1U);
  EXPECT_EQ(admin_->faults().global.timeout_pct, 0U);
}

TEST_F(FaultInjection, RefusesTheNameOfAProviderWithoutIt) {
  open();
  domain::FaultSettings settings;
  settings.providers["beta"].error_pct = 1;
  const auto refused = set_faults(settings);
  EXPECT_EQ(code(refused), ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("/providers/beta"));
}

TEST_F(FaultInjection, IsNoFaultOfTheClientsWhenThePluginRefuses) {
  open();
  result_ = HERALD_E_INVALID;
  EXPECT_EQ(code(set_faults({{0, 10, 0, std::nullopt}, {}})), ErrorCode::kInternal);
  EXPECT_EQ(admin_->faults().global.error_pct, 0U);
  EXPECT_EQ(log_.of("provider.faults_not_set").size(), 1U);
}

TEST_F(FaultInjection, IsGivenUpInAPluginThatHangs) {
  options_.control_timeout = std::chrono::milliseconds{20};
  open();
  const auto open_again = std::make_shared<std::atomic<bool>>(false);
  script().on_faults = [open_again](const herald_fault_profile&) {
    eventually([&] { return open_again->load(); }, std::chrono::hours{24});
    return HERALD_OK;
  };
  const domain::FaultSettings settings{{0, 10, 0, std::nullopt}, {}};
  EXPECT_EQ(code(set_faults(settings)), ErrorCode::kUnavailable);
  EXPECT_EQ(code(set_faults(settings)), ErrorCode::kUnavailable);  // one thread at most is left in it
  EXPECT_EQ(admin_->faults().global.error_pct, 0U);
  *open_again = true;
  EXPECT_TRUE(eventually([&] { return set_faults(settings).has_value(); }));
}

TEST_F(FaultInjection, ForgetsSettingsOfProvidersThatAreNotHere) {
  options_.provider_faults["absent"].error_pct = 1;
  options_.provider_faults["email"].error_pct = 2;
  open();
  EXPECT_EQ(admin_->faults().providers.size(), 1U);
}

}  // namespace
}  // namespace herald::providers
