// What the dispatch loop sustains: messages that wait in the SQLite store are claimed, handed to a provider, and
// settled in the store, by the dispatcher, the provider's lane and the writer, each on its thread as in the host. The
// null provider completes inside submit: what is left is the loop and the store. The mocks are the built libraries,
// loaded and guarded as in the host, with settings that make no latency and no faults. Nothing is logged. The data lies
// in HERALD_BENCH_DIR, or in the temporary folder; every commit is fsynced.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "app/loop.h"
#include "base/clock.h"
#include "bench/data_folder.h"
#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "observe/metrics.h"
#include "providers/providers.h"
#include "store/sqlite_store.h"
#include "store/writer.h"
#include "support/eventually.h"
#include "support/private_folder.h"
#include "support/provider_outlets.h"

namespace herald {
namespace {

constexpr std::size_t kAcceptsInACommit = 1'024;
constexpr std::uint64_t kJitterSeed = 1;
constexpr std::chrono::seconds kDrain{5};
constexpr std::chrono::minutes kPatience{5};  // with a run, before it counts as stuck

class SilentLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

// Takes everything at once, with the windows of the mocks.
class NullProvider final : public domain::ProviderPort {
 public:
  const std::string& name() const override { return name_; }
  domain::ChannelSet channels() const override { return domain::ChannelSet::all(); }
  std::size_t max_batch() const override { return 256; }
  std::size_t max_in_flight() const override { return 4'096; }
  std::size_t calls_inside() const override { return 0; }
  bool emits_receipts() const override { return false; }
  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override {
    for (const auto& item : items) {
      domain::Outcome outcome;
      outcome.kind = domain::OutcomeKind::kSuccess;
      sink.complete(item.ticket, std::move(outcome));
    }
  }

 private:
  const std::string name_ = "null";
};

// A folder for one run, gone afterwards.
class Folder {
 public:
  Folder() { test::make_private_folder(path_); }
  ~Folder() {
    std::error_code ignored;  // a leftover folder spoils no figure
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  const std::filesystem::path path_ = new_data_folder();
};

// The part of the host that dispatches.
class Delivery {
 public:
  Delivery()
      : store_(opened()),
        writer_(*store_, clock_, log_, metrics_, store::Options{}.max_batch),
        services_{writer_, clock_, log_, metrics_},
        dispatcher_(delivery::Options{}, services_, store_->reader()),
        providers_(plugins(), {clock_, log_, metrics_}) {
    store_->set_listener(dispatcher_);
  }
  ~Delivery() {
    if (providers_.stop_all(clock_.mono() + kDrain) != 0) std::abort();
    writer_.close();
  }
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  domain::ProviderPort& null() { return null_; }
  domain::ProviderPort& mock(const std::string& name) {
    providers_.start({inbound_, attached_, kept_});
    if (auto* const port = attached_.port(name)) return *port;
    throw std::runtime_error("no provider " + name + " started; the build's plugins are expected in " +
                             plugins().plugin_dir);
  }

  // Messages that wait for this provider.
  void fill(const std::string& provider, domain::Channel channel, std::size_t count) {
    for (std::size_t done = 0; done < count; done += kAcceptsInACommit) {
      std::vector<store::Command> batch;
      for (std::size_t at = done; at < std::min(done + kAcceptsInACommit, count); ++at)
        batch.emplace_back(store::Accept{message(provider, channel), {}, [](const auto& id) {
                                           if (!id) throw std::runtime_error(id.error().message);
                                         }});
      if (auto applied = store_->apply(batch); !applied) throw std::runtime_error(applied.error().message);
      store_->maintain();
    }
  }

  // Dispatches what waits for this provider, until `count` successes are committed; how long that took.
  std::chrono::duration<double> dispatch(domain::ProviderPort& port, std::size_t count) {
    const auto lane = std::make_shared<delivery::Lane>(port, delivery::Options{}, services_, kJitterSeed);
    if (auto added = dispatcher_.add_lane(lane); !added) throw std::runtime_error(added.error().message);
    const auto& successes = metrics_.provider(port.name()).success;
    const auto began = std::chrono::steady_clock::now();
    bool complete = false;
    std::chrono::duration<double> took{};
    {
      const app::Loop<store::Writer> writer_loop("writer", writer_);
      const app::Loop<delivery::Lane> lane_loop("lane", *lane);
      const app::Loop<delivery::Dispatcher> dispatcher_loop("dispatcher", dispatcher_);
      complete = test::eventually([&] { return successes.value() >= count; }, kPatience);
      took = std::chrono::steady_clock::now() - began;
      lane->begin_stop();
      complete = test::eventually([&] { return lane->idle(); }, kPatience) && complete;
    }
    if (auto removed = dispatcher_.remove_lane(port.name()); !removed)
      throw std::runtime_error(removed.error().message);
    if (!complete || successes.value() != count || metrics_.provider(port.name()).attempts.value() != count)
      throw std::runtime_error("expected " + std::to_string(count) + " dispatches, found " +
                               std::to_string(successes.value()) + " successes");
    return took;
  }

 private:
  std::unique_ptr<store::SqliteStore> opened() {
    store::Options options;
    options.data_dir = folder_ / "data";
    auto store = store::SqliteStore::open(options, clock_, log_, metrics_);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
  providers::Options plugins() const {
    providers::Options options;
    options.plugin_dir = HERALD_BENCH_PLUGINS;
    options.private_dir = folder_ / "plugins";
    options.probe_executable = HERALD_BENCH_HOST;
    return options;
  }

  domain::NewMessage message(const std::string& provider, domain::Channel channel) const {
    const bool by_mail = channel == domain::Channel::kEmail;
    domain::NewMessage message;
    message.content.channel = channel;
    message.content.from = by_mail ? "shop@example.com" : "+12015550101";
    message.content.to = by_mail ? "jo@example.org" : "+12015550102";
    message.content.body = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";
    message.content.timestamp = clock_.wall();
    message.provider = provider;
    message.request_id = "01JH0000000000000000000000";
    message.normalized_from = message.content.from;
    message.normalized_to = message.content.to;
    message.accepted_at = clock_.wall();
    message.expires_at = message.accepted_at + std::chrono::hours{24};
    return message;
  }

  const Folder folder_;
  const base::SystemClock clock_;
  SilentLog log_;
  observe::Metrics metrics_;
  std::unique_ptr<store::SqliteStore> store_;
  store::Writer writer_;
  delivery::Services services_;
  delivery::Dispatcher dispatcher_;
  test::RecordingInbound inbound_;
  test::RecordingLanes attached_;  // nobody steps them: the lane that is measured is made by dispatch()
  test::MemoryKept kept_;
  NullProvider null_;
  providers::Providers providers_;
};

// Each run has a store of its own, so that none works behind the settled messages of another.
void dispatch_from(benchmark::State& state, domain::Channel channel,
                   const std::function<domain::ProviderPort&(Delivery&)>& choose) {
  const auto count = static_cast<std::size_t>(state.range(0));
  double seconds = 0;
  for (auto _ : state) {
    Delivery delivery;
    auto& port = choose(delivery);
    delivery.fill(port.name(), channel, count);
    const double took = delivery.dispatch(port, count).count();
    state.SetIterationTime(took);
    seconds += took;
  }
  const auto messages = static_cast<double>(state.iterations()) * static_cast<double>(count);
  state.counters["messages_per_s"] = messages / seconds;
  state.counters["ns_per_message"] = seconds * 1e9 / messages;
}

void dispatch_to_null(benchmark::State& state) {
  dispatch_from(
      state, domain::Channel::kSms, [](Delivery & delivery) -> auto& { return delivery.null(); });
}
void dispatch_to_sms_mms(benchmark::State& state) {
  dispatch_from(
      state, domain::Channel::kSms, [](Delivery & delivery) -> auto& { return delivery.mock("sms-mms"); });
}
void dispatch_to_email(benchmark::State& state) {
  dispatch_from(
      state, domain::Channel::kEmail, [](Delivery & delivery) -> auto& { return delivery.mock("email"); });
}

// The small size is for a test that the benchmark runs, not for figures.
void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(600)->Arg(100'000)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(dispatch_to_null)->Apply(sizes);
BENCHMARK(dispatch_to_sms_mms)->Apply(sizes);
BENCHMARK(dispatch_to_email)->Apply(sizes);

}  // namespace
}  // namespace herald
