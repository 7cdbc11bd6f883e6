// Administration of a plugin that is part of the test.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "providers/administration.h"
#include "support/eventually.h"
#include "unit/providers/guard_fixture.h"

namespace herald::test {

inline constexpr const char* kTokenSchema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("host":{"type":"string"},"token":{"type":"string","minLength":4,"writeOnly":true}}})";

class AdministrationFixture : public GuardFixture {
 protected:
  // The provider "email" runs; "beta", which nobody calls, stands by.
  void open() {
    auto plugin = scripted_plugin(providers::ThreadModel::kAsync);
    plugin.descriptor.config_schema = kTokenSchema;
    guard_ = std::move(try_start(plugin, std::chrono::seconds{30}).value());
    registry_.emplace(options_.routes);
    for (const char* name : {"email", "beta"}) {
      domain::ProviderInfo info;
      info.name = name;
      info.file_name = std::string(name) + ".so";
      info.channels = {domain::Channel::kEmail};
      ASSERT_TRUE(registry_->add(info).has_value());
    }
    roster_.add(std::make_shared<providers::ProviderSlot>(guard_));
    admin_.emplace(options_, *registry_, roster_, providers::Surroundings{clock_, log_, metrics_});
    providers::KeptState kept = providers::read_kept(kept_.load(), log_);
    kept.incumbents.emplace(domain::Channel::kEmail, "email");
    admin_->prepare({inbound_, lanes_, kept_}, kept);
    for (const char* name : {"email", "beta"})
      admin_->enablement().admit(name);
    admin_->fault_board().take(guard_);
    admin_->enablement().settle();
    admin_->open();
  }

  // Waits for what a change comes to.
  template <typename Ask>
  base::Status result_of(const Ask& ask) {
    const auto result = std::make_shared<std::promise<base::Status>>();
    auto future = result->get_future();
    ask([result](base::Status status, const auto&...) { result->set_value(std::move(status)); });
    if (future.wait_for(std::chrono::seconds{30}) == std::future_status::ready) return future.get();
    return base::fail(base::ErrorCode::kCorrupt, "no answer");
  }

  base::Status set_enabled(const std::string& name, bool enabled) {
    return result_of([&](auto done) { admin_->set_enabled(name, enabled, std::move(done)); });
  }
  base::Status configure(const std::string& json, const std::string& name = "email") {
    return result_of([&](auto done) { admin_->configure(name, json, std::move(done)); });
  }
  base::Status reset_config(const std::string& name = "email") {
    return result_of([&](auto done) { admin_->reset_config(name, std::move(done)); });
  }
  base::Status set_faults(domain::FaultSettings settings) {
    return result_of([&](auto done) { admin_->set_faults(std::move(settings), std::move(done)); });
  }

  base::ErrorCode code(const base::Status& status) {
    EXPECT_FALSE(status.has_value());
    return status ? base::ErrorCode::kCorrupt : status.error().code;
  }

  // The configurations that the plugin was given, in order.
  std::vector<std::string> given() {
    const base::MutexLock lock(given_->mutex);
    return given_->all;
  }

  void record_configurations() {
    script().on_configure = [given = given_](const std::string& json) {
      const base::MutexLock lock(given->mutex);
      given->all.push_back(json);
      return HERALD_OK;
    };
  }

  domain::ProviderState state() const { return admin_->list().at(1).state; }

  struct Given {
    base::Mutex mutex;
    std::vector<std::string> all HERALD_GUARDED_BY(mutex);
  };
  const std::shared_ptr<Given> given_ = std::make_shared<Given>();

  providers::Options options_;
  RecordingLanes lanes_;
  MemoryKept kept_;
  std::optional<providers::Registry> registry_;
  providers::Roster roster_;
  std::optional<providers::Administration> admin_;  // before what it uses is gone
};

}  // namespace herald::test
