// Changes of a provider's configuration while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/administration_fixture.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using test::eventually;
using test::script;
using testing::ElementsAre;
using testing::HasSubstr;

using Reconfiguration = test::AdministrationFixture;

TEST_F(Reconfiguration, ReplacesAConfigurationAndKeepsIt) {
  record_configurations();
  open();
  ASSERT_TRUE(configure(R"({"host":"h","token":"hunter2"})").has_value());
  EXPECT_THAT(given(), ElementsAre("{}", R"({"host":"h","token":"hunter2"})"));
  EXPECT_EQ(admin_->config("email"), R"({"host":"h","token":"***"})");
  EXPECT_EQ(kept_.value("provider.email.config"), R"({"host":"h","token":"hunter2"})");
  EXPECT_FALSE(log_.mentions("hunter2"));
}

TEST_F(Reconfiguration, LeavesAMaskedSecretUnchanged) {
  record_configurations();
  open();
  ASSERT_TRUE(configure(R"({"token":"hunter2"})").has_value());
  ASSERT_TRUE(configure(R"({"host":"h","token":"***"})").has_value());
  EXPECT_EQ(given().back(), R"({"host":"h","token":"hunter2"})");
  EXPECT_EQ(kept_.value("provider.email.config"), R"({"host":"h","token":"hunter2"})");
}

TEST_F(Reconfiguration, RefusesAMaskForASecretThatIsNot) {
  open();
  const auto refused = configure(R"({"token":"***"})");
  EXPECT_EQ(code(refused), ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("/token"));
}

TEST_F(Reconfiguration, RefusesWhatDoesNotFitTheSchemaBeforeThePluginSeesIt) {
  record_configurations();
  open();
  for (const char* json : {"", "[]", "{", R"({"token":"abc"})", R"({"host":1})", R"({"more":1})"}) {
    EXPECT_EQ(code(configure(json)), ErrorCode::kInvalid) << json;
  }
  EXPECT_EQ(code(configure(std::string(100'000, '['))), ErrorCode::kInvalid);
  EXPECT_THAT(given(), ElementsAre("{}"));
  EXPECT_EQ(admin_->config("email"), "{}");
}

TEST_F(Reconfiguration, LeavesTheFormerConfigurationWhenThePluginRefuses) {
  open();
  script().on_configure = [](const std::string&) { return HERALD_E_INVALID; };
  EXPECT_EQ(code(configure(R"({"host":"h"})")), ErrorCode::kInvalid);
  EXPECT_EQ(admin_->config("email"), "{}");
  EXPECT_EQ(kept_.value("provider.email.config"), "");
}

TEST_F(Reconfiguration, TellsAFaultOfThePluginFromARefusal) {
  open();
  script().on_configure = [](const std::string&) -> std::int32_t { throw 7; };
  EXPECT_EQ(code(configure("{}")), ErrorCode::kInternal);
  script().on_configure = [](const std::string&) { return HERALD_E_UNAVAILABLE; };
  EXPECT_EQ(code(configure("{}")), ErrorCode::kUnavailable);
}

TEST_F(Reconfiguration, PutsTheFormerConfigurationBackWhenTheNewOneCannotBeKept) {
  record_configurations();
  open();
  kept_.refuse();
  EXPECT_EQ(code(configure(R"({"host":"h"})")), ErrorCode::kUnavailable);
  EXPECT_THAT(given(), ElementsAre("{}", R"({"host":"h"})", "{}"));
  EXPECT_EQ(admin_->config("email"), "{}");
}

class HangingConfigure : public Reconfiguration {
 protected:
  // Holds every configuration with a host until it is let go.
  void hang() {
    open();
    script().on_configure = [held = open_, inside = inside_, given = given_](const std::string& json) {
      *inside = true;
      if (json.find("host") != std::string::npos) eventually([&] { return held->load(); }, std::chrono::hours{24});
      const base::MutexLock lock(given->mutex);
      given->all.push_back(json);
      return HERALD_OK;
    };
  }

  const std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
  const std::shared_ptr<std::atomic<bool>> inside_ = std::make_shared<std::atomic<bool>>(false);
};

TEST_F(HangingConfigure, IsGivenUpAndUndoneWhenItComesBack) {
  options_.control_timeout = milliseconds{20};
  hang();
  EXPECT_EQ(code(configure(R"({"host":"h"})")), ErrorCode::kUnavailable);
  EXPECT_EQ(code(configure("{}")), ErrorCode::kUnavailable);  // one at a time
  EXPECT_TRUE(set_enabled("email", false).has_value());       // the control thread goes on
  *open_ = true;
  EXPECT_TRUE(eventually([&] { return given().size() == 2; }));
  EXPECT_THAT(given(), ElementsAre(R"({"host":"h"})", "{}"));
  EXPECT_EQ(admin_->config("email"), "{}");
  EXPECT_TRUE(eventually([&] { return configure("{}").has_value(); }));
}

TEST_F(HangingConfigure, DoesNotHoldUpTheStop) {
  hang();
  const auto result = std::make_shared<std::promise<base::Status>>();
  auto future = result->get_future();
  admin_->configure("email", R"({"host":"h"})",
                    [result](base::Status status, const auto&) { result->set_value(std::move(status)); });
  ASSERT_TRUE(eventually([&] { return inside_->load(); }));
  admin_->close();
  EXPECT_EQ(code(future.get()), ErrorCode::kUnavailable);
  EXPECT_FALSE(guard_->stop(in(milliseconds{1})));
  EXPECT_EQ(script().stopped, 0);  // which may not overlap configure
  *open_ = true;
}

TEST_F(Reconfiguration, IsTakenBackToTheSettings) {
  options_.provider_config["email"] = R"({"host":"settings"})";
  open();
  ASSERT_TRUE(configure(R"({"host":"put"})").has_value());
  ASSERT_TRUE(reset_config().has_value());
  EXPECT_EQ(admin_->config("email"), R"({"host":"settings"})");
  EXPECT_TRUE(admin_->kept().configs.empty());
  EXPECT_TRUE(providers::read_kept(kept_.load(), log_).configs.empty()) << "nor after a restart";
}

TEST_F(Reconfiguration, StaysWhenItsResetCannotBeKept) {
  open();
  ASSERT_TRUE(configure(R"({"host":"put"})").has_value());
  kept_.refuse();
  EXPECT_EQ(code(reset_config()), base::ErrorCode::kUnavailable);
  EXPECT_EQ(admin_->config("email"), R"({"host":"put"})");
}

TEST_F(Reconfiguration, StaysWhenTheSettingsDoNotFit) {
  options_.provider_config["email"] = R"({"host":7})";
  open();
  ASSERT_TRUE(configure(R"({"host":"put"})").has_value());
  EXPECT_EQ(code(reset_config()), base::ErrorCode::kConflict);
  EXPECT_EQ(admin_->config("email"), R"({"host":"put"})");
  EXPECT_EQ(code(reset_config("nobody")), base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace herald::providers
