// A guard over the plugin that is part of the test.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "providers/guard.h"
#include "support/provider_outlets.h"
#include "support/recording_log.h"
#include "support/recording_sink.h"
#include "unit/providers/scripted_plugin.h"

namespace herald::test {

class GuardFixture : public testing::Test {
 protected:
  GuardFixture() { scripts().emplace_back(); }

  base::Result<std::unique_ptr<providers::Guard>> try_start(const providers::Plugin& plugin,
                                                            std::chrono::milliseconds timeout) {
    const providers::Guard::Setup setup{"{}", {}, 1, timeout, webhook_timeout_, &inbound_, patience_};
    return providers::Guard::start(plugin, setup, {clock_, log_, metrics_});
  }

  providers::Guard& start(const providers::Plugin& plugin) {
    guard_ = std::move(try_start(plugin, std::chrono::seconds{30}).value());
    return *guard_;
  }

  base::MonoTime in(std::chrono::milliseconds span) const { return clock_.mono() + span; }
  observe::ProviderMetrics& counters() { return metrics_.provider("email"); }

  base::SystemClock clock_;
  RecordingLog log_;
  observe::Metrics metrics_;
  RecordingInbound inbound_;
  RecordingSink sink_;
  std::chrono::milliseconds webhook_timeout_ = std::chrono::seconds{60};
  std::shared_ptr<providers::Patience> patience_ = std::make_shared<providers::Patience>();
  std::shared_ptr<providers::Guard> guard_;
};

}  // namespace herald::test
