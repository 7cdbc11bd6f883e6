// The host's own start over a folder in which something does not come back: it serves without it.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "base/worker.h"
#include "providers/private_copy.h"
#include "providers/providers.h"
#include "providers/start_records.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::Channel;
using domain::ProviderInfo;
using domain::ProviderState;
using std::chrono::seconds;
using test::eventually;
using testing::HasSubstr;

// The recorder takes email, as scripted does; recorder_waiting starts once its gate is open.
class FirstStarts : public testing::Test {
 protected:
  FirstStarts() {
    bench_.options.first_starts_timeout = std::chrono::milliseconds{800};
    ::setenv("RECORDER_GATE", gate_.c_str(), 1);
  }
  ~FirstStarts() override { ::unsetenv("RECORDER_GATE"); }

  Providers& start(const std::function<bool()>& cancelled = [] { return false; }) {
    providers_ = std::make_unique<Providers>(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets, cancelled);
    return *providers_;
  }

  static std::string bytes_of(const std::string& plugin) {
    std::ifstream in(std::filesystem::path(ABI_PLUGIN_DIR) / (plugin + ".so"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void open_gate() const { std::ofstream{gate_}; }

  ProviderInfo listed(const std::string& name) const {
    for (const auto& info : providers_->admin().list()) {
      if (info.name == name) return info;
    }
    return {};
  }
  bool becomes(const std::string& name, ProviderState state) const {
    return eventually([&] { return listed(name).name == name && listed(name).state == state; }, seconds{30});
  }
  std::string route() const { return providers_->routes().route(Channel::kEmail).value_or("nobody"); }

  test::PluginBench bench_;
  const std::filesystem::path gate_ = bench_.dir / "gate";
  std::unique_ptr<Providers> providers_;  // before what it uses is gone
};

TEST_F(FirstStarts, ServeWithoutWhatDoesNotComeBack) {
  bench_.install("recorder_slow", "a");
  bench_.install("scripted", "b");
  start();
  EXPECT_EQ(route(), "scripted");
  EXPECT_EQ(listed("scripted").state, ProviderState::kActive);
  EXPECT_EQ(listed("recorder").state, ProviderState::kRefused);
  EXPECT_THAT(listed("recorder").reason, HasSubstr("it is still being started"));
  ASSERT_EQ(bench_.log.of("provider.late").size(), 1U);
  EXPECT_EQ(bench_.log.of("provider.late").at(0).fields.at("file"), "a.so");
}

TEST_F(FirstStarts, ServeWithNobodyWhenNothingComesBack) {
  bench_.install("recorder_slow");
  start();
  EXPECT_EQ(route(), "nobody");
  std::promise<base::Status> done;
  providers_->admin().set_enabled("recorder", false, [&done](base::Status status) { done.set_value(status); });
  EXPECT_EQ(done.get_future().get().error().code, base::ErrorCode::kUnavailable);
}

TEST_F(FirstStarts, BeginAllHoweverManyHang) {
  for (int i = 0; i < 20; ++i) {
    const std::string name = "hang-" + std::to_string(10 + i);
    std::string bytes = bytes_of("recorder_slow");
    for (auto at = bytes.find("recorder"); at != std::string::npos; at = bytes.find("recorder", at + 1))
      if (bytes[at + 8] == '\0') bytes.replace(at, 7, name);
    bench_.write("a" + std::to_string(i) + ".so", bytes);
  }
  bench_.install("scripted", "z");
  start();
  EXPECT_EQ(route(), "scripted");
  EXPECT_EQ(bench_.log.of("provider.late").size(), 20U);
}

TEST_F(FirstStarts, ShowTheFileThatTookTheLateOnesPlace) {
  bench_.install("recorder_slow");
  start();
  bench_.write("whole.tmp", bytes_of("recorder_slow").replace(bytes_of("recorder_slow").find("100.0.0"), 3, "200"));
  std::filesystem::rename(bench_.folder / "whole.tmp", bench_.folder / "recorder_slow.so");
  EXPECT_TRUE(eventually([this] { return listed("recorder").version == "200.0.0"; }, seconds{30}));
}

// Who started beside the one that ended the process is met apart from it the next time.
TEST_F(FirstStarts, KeepThoseApartInWhoseStartTheProcessEnded) {
  const auto starts = std::filesystem::path(bench_.options.private_dir) / "starts";
  const auto suspect = [&](const std::string& plugin) {
    bench_.install(plugin);
    StartRecords records(starts, bench_.log);
    const Origin origin{plugin + ".so", content_hash(bytes_of(plugin))};
    ASSERT_TRUE(records.begin(origin, plugin, StartStep::kStart).has_value());
  };
  std::filesystem::create_directories(bench_.options.private_dir);
  std::filesystem::permissions(bench_.options.private_dir, std::filesystem::perms::owner_all);
  suspect("recorder_waiting");
  suspect("scripted");
  bench_.install("well_behaved");
  start();
  EXPECT_EQ(route(), "well-behaved");
  EXPECT_EQ(listed("scripted").name, "") << "not begun beside the other one";
  open_gate();
  ASSERT_TRUE(becomes("recorder", ProviderState::kStandby));
  ASSERT_TRUE(becomes("scripted", ProviderState::kStandby));
}

TEST_F(FirstStarts, TakeInTheLateOneWhenItHasStarted) {
  bench_.install("recorder_waiting");
  start();
  EXPECT_EQ(route(), "nobody");
  open_gate();
  ASSERT_TRUE(becomes("recorder", ProviderState::kActive));
  EXPECT_EQ(route(), "recorder");
  EXPECT_NE(bench_.lanes.port("recorder"), nullptr);
  EXPECT_EQ(providers_->admin().list().size(), 1U);
}

TEST_F(FirstStarts, LetTheLateOneStandByWhereAnotherServes) {
  bench_.install("recorder_waiting", "a");
  bench_.install("scripted", "b");
  start();
  open_gate();
  ASSERT_TRUE(becomes("recorder", ProviderState::kStandby));
  EXPECT_EQ(route(), "scripted");
}

TEST_F(FirstStarts, GiveTheLateOneBackWhatWasItsOwn) {
  bench_.kept.set("incumbent.email", "recorder");
  bench_.install("recorder_waiting", "a");
  bench_.install("scripted", "b");
  start();
  EXPECT_EQ(route(), "scripted") << "in the meantime";
  EXPECT_EQ(bench_.kept.value("incumbent.email"), "recorder") << "should the host end now";
  open_gate();
  ASSERT_TRUE(becomes("recorder", ProviderState::kActive));
  EXPECT_EQ(route(), "recorder");
  EXPECT_EQ(listed("scripted").state, ProviderState::kStandby);
}

TEST_F(FirstStarts, LeaveTheChannelToWhoServesWhenTheLateOneFails) {
  bench_.kept.set("incumbent.email", "recorder");
  bench_.options.start_timeout = std::chrono::milliseconds{1'500};
  bench_.install("recorder_slow", "a");
  bench_.install("scripted", "b");
  start();
  EXPECT_TRUE(eventually([this] { return bench_.kept.value("incumbent.email") == "scripted"; }, seconds{30}));
  EXPECT_THAT(listed("recorder").reason, HasSubstr("did not return within 1500 ms"));
  EXPECT_EQ(route(), "scripted");
}

TEST_F(FirstStarts, GiveTheNextVersionItsTurnWhenTheHighestFails) {
  bench_.options.start_timeout = std::chrono::milliseconds{300};
  std::string bytes = bytes_of("recorder_slow");
  bench_.write("b.so", bytes.replace(bytes.find("100.0.0"), 3, "200"));
  bench_.install("recorder", "a");
  start();
  ASSERT_TRUE(becomes("recorder", ProviderState::kActive));
  EXPECT_EQ(listed("recorder").version, "100.0.0");
}

TEST_F(FirstStarts, SayNothingOfARouteToALateOne) {
  bench_.options.routes[Channel::kEmail] = "recorder";
  bench_.options.provider_config["recorder"] = "{}";
  bench_.install("recorder_waiting");
  start();
  EXPECT_TRUE(bench_.log.of("provider.channel_unserved").empty());
  EXPECT_TRUE(bench_.log.of("provider.setting_unused").empty());
  open_gate();
  ASSERT_TRUE(becomes("recorder", ProviderState::kActive));
  EXPECT_EQ(route(), "recorder");
}

TEST_F(FirstStarts, TakeNoChangesBeforeTheHostServes) {
  bench_.options.first_starts_timeout = seconds{60};
  bench_.install("recorder_waiting");
  base::Worker starting("test-start", [this] { start(); });
  ASSERT_TRUE(eventually([this] { return !bench_.log.of("provider.starting").empty(); }, seconds{30}));
  std::promise<base::Status> done;
  providers_->admin().set_enabled("recorder", false, [&done](base::Status status) { done.set_value(status); });
  EXPECT_EQ(done.get_future().get().error().code, base::ErrorCode::kUnavailable);
  open_gate();
  starting.join();
  EXPECT_EQ(route(), "recorder");
}

TEST_F(FirstStarts, EndAtOnceWhenTheHostIsToldToStop) {
  bench_.options.first_starts_timeout = std::chrono::hours{1};
  bench_.install("recorder_slow", "a");
  bench_.install("scripted", "b");
  std::atomic<bool> told{false};
  base::Worker starting("test-start", [&] { start([&told] { return told.load(); }); });
  ASSERT_TRUE(eventually([this] { return !bench_.log.of("provider.starting").empty(); }, seconds{30}));
  told = true;
  starting.join();
  EXPECT_EQ(route(), "nobody");
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{10})), 1U) << "the start that hangs is left behind";
}

}  // namespace
}  // namespace herald::providers
