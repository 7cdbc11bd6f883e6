// What a removal under way and a backup under way cost those who send: the latency of small commits, with the store's
// background work after each as the writer does it, on the same 200,000 settled messages; and how fast the removal is.
// The data lies in HERALD_BENCH_DIR, or in the temporary folder.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "observe/metrics.h"
#include "store/backup.h"
#include "store/sqlite_store.h"

namespace herald::store {
namespace {

constexpr int kSettled = 200'000;
constexpr int kBatch = 16;

class SilentLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

// The machine's clock, behind by as much as it is told.
class LateClock final : public base::Clock {
 public:
  base::WallTime wall() const override { return machine_.wall() - late_; }
  base::MonoTime mono() const override { return machine_.mono(); }
  void be_late(base::Milliseconds late) { late_ = late; }

 private:
  base::SystemClock machine_;
  base::Milliseconds late_{0};
};

class Bench {
 public:
  explicit Bench(bool removes) {
    const char* chosen = std::getenv("HERALD_BENCH_DIR");
    folder_ = chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path();
    folder_ /= "herald-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    options_.data_dir = (folder_ / "data").string();
    if (removes) options_.retention = std::chrono::days{10};
    auto opened = SqliteStore::open(options_, clock_, log_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
    clock_.be_late(std::chrono::hours{24 * 20});
    fill();
    clock_.be_late({});
  }
  ~Bench() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void accept(int count) {
    std::vector<Command> batch;
    for (int at = 0; at < count; ++at)
      batch.emplace_back(Accept{next_message(), {}, {}});
    apply(std::move(batch));
  }
  void maintain() { store_->maintain(); }
  std::int64_t left() {
    const auto page = store_->reader().conversations({}, 1).value();
    return static_cast<std::int64_t>(page.total);
  }
  void back_up() {
    const auto file = (folder_ / "copy.db").string();
    if (auto done = store::back_up({options_.data_dir, file, true}, [](const BackupProgress&) { return true; }); !done)
      throw std::runtime_error(done.error().message);
  }

 private:
  void apply(std::vector<Command> batch) {
    if (auto applied = store_->apply(batch); !applied) throw std::runtime_error(applied.error().message);
  }
  domain::NewMessage next_message() {
    domain::NewMessage message;
    message.content.from = message.normalized_from = "+12015550101";
    message.content.to = message.normalized_to = "+1" + std::to_string(2'000'000'000 + ++count_ * 7'919 % 999'999'937);
    message.content.body = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";
    message.content.timestamp = message.accepted_at = clock_.wall();
    message.provider = "sms-mms";
    message.request_id = "01JH0000000000000000000000";
    message.expires_at = message.accepted_at + std::chrono::hours{24};
    return message;
  }
  void fill() {
    constexpr int kSize = 1'000;
    for (int count = 0; count < kSettled; count += kSize) {
      accept(kSize);
      Settle settle;
      std::vector<Command> claim;
      claim.emplace_back(Claim{"sms-mms", kSize, clock_.wall(), [&](base::Result<Claimed> claimed) {
                                 for (const auto& one : claimed.value().messages)
                                   settle.items.push_back(taken(one));
                               }});
      apply(std::move(claim));
      std::vector<Command> settled;
      settled.emplace_back(std::move(settle));
      apply(std::move(settled));
      if (options_.retention.count() == 0) maintain();
    }
  }
  Settlement taken(const domain::ClaimedMessage& message) const {
    Settlement item;
    item.id = message.id;
    item.attempt = {message.attempt, "sms-mms", {}, clock_.wall(), std::chrono::milliseconds{12}};
    item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
    item.attempt.outcome.provider_message_id = "SM0123456789abcdef" + message.id.text();
    item.status = domain::Status::kDispatched;
    item.receipts = true;
    return item;
  }

  LateClock clock_;
  SilentLog log_;
  observe::Metrics metrics_;
  Options options_;
  std::filesystem::path folder_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t count_ = 0;
};

void show_latency(benchmark::State& state, std::vector<double> took_ms) {
  std::sort(took_ms.begin(), took_ms.end());
  const auto at = [&took_ms](double part) {
    return took_ms.at(static_cast<std::size_t>(part * static_cast<double>(took_ms.size() - 1)));
  };
  state.counters["p50_ms"] = at(0.5);
  state.counters["p99_ms"] = at(0.99);
  state.counters["max_ms"] = at(1);
}

// A commit of 16 every two milliseconds, from the moment at which it was due: background work that runs over counts.
template <typename Meanwhile>
void send_steadily(benchmark::State& state, Bench& bench, Meanwhile go_on) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> took_ms;
  auto due = Clock::now();
  for (auto _ : state) {
    due = std::max(due + std::chrono::milliseconds{2}, Clock::now() - std::chrono::milliseconds{50});
    std::this_thread::sleep_until(due);
    bench.accept(kBatch);
    took_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
    bench.maintain();
    if (!go_on()) break;
  }
  show_latency(state, std::move(took_ms));
}

void accept_while_removing(benchmark::State& state) {
  Bench bench(state.range(0) != 0);
  bench.maintain();
  const auto before = bench.left();
  send_steadily(state, bench, [] { return true; });
  state.counters["removed"] = static_cast<double>(before + state.iterations() * kBatch - bench.left());
}
BENCHMARK(accept_while_removing)->ArgName("removes")->Arg(0)->Arg(1)->Iterations(3'000)->UseRealTime();

void accept_while_backing_up(benchmark::State& state) {
  Bench bench(false);
  std::atomic<bool> stop{state.range(0) == 0};
  std::atomic<int> backups{0};
  std::thread copier([&] {
    while (!stop.load()) {
      bench.back_up();
      ++backups;
    }
  });
  send_steadily(state, bench, [] { return true; });
  stop = true;
  copier.join();
  state.counters["backups"] = backups.load();
}
BENCHMARK(accept_while_backing_up)->ArgName("backup")->Arg(0)->Arg(1)->Iterations(3'000)->UseRealTime();

}  // namespace
}  // namespace herald::store
