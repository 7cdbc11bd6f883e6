// What a removal under way and a backup under way cost those who send: the latency of small commits, with the store's
// background work after each as the writer does it, on the same 200,000 settled messages; and how fast the removal is.
// The data lies in HERALD_BENCH_DIR, or in the temporary folder.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/data_folder.h"
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
    auto began = std::chrono::steady_clock::now();
    const auto rest = [&began](const BackupProgress&) {
      std::this_thread::sleep_for(std::chrono::steady_clock::now() - began);  // tidy: sleeps because the command rests
      began = std::chrono::steady_clock::now();
      return true;
    };
    if (auto done = store::back_up({options_.data_dir, file, true}, rest); !done)
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
  const std::filesystem::path folder_ = new_data_folder();
  std::unique_ptr<SqliteStore> store_;
  std::int64_t count_ = 0;
};

void show_latency(benchmark::State& state, const std::string& name, std::vector<double> took_ms) {
  std::sort(took_ms.begin(), took_ms.end());
  const auto at = [&took_ms](double part) {
    return took_ms.at(static_cast<std::size_t>(part * static_cast<double>(took_ms.size() - 1)));
  };
  state.counters[name + "_p50_ms"] = at(0.5);
  state.counters[name + "_p99_ms"] = at(0.99);
  state.counters[name + "_max_ms"] = at(1);
}

// Commits of 16, one every five milliseconds, each timed from the moment at which it was due: background work that runs
// over counts.
class Sender {
 public:
  void send(Bench& bench, std::vector<double>& took_ms) {
    due_ = std::max(due_ + std::chrono::milliseconds{5}, Clock::now());
    std::this_thread::sleep_until(due_);  // tidy: sleeps because it sends at a rate
    bench.accept(kBatch);
    took_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due_).count());
    bench.maintain();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point due_ = Clock::now();
};

// Two stores in turn, so that whatever else the machine does falls on both.
void accept_while_removing(benchmark::State& state) {
  constexpr std::int64_t kTurn = 20;
  Bench keeps(false);
  Bench removes(true);
  Sender sender;
  std::vector<double> keeping_ms;
  std::vector<double> removing_ms;
  const auto before = removes.left();
  std::int64_t sent = 0;
  for (auto _ : state) {
    if (sent++ / kTurn % 2 == 0) {
      sender.send(keeps, keeping_ms);
    } else {
      sender.send(removes, removing_ms);
    }
  }
  state.counters["removed"] =
      static_cast<double>(before + static_cast<std::int64_t>(removing_ms.size()) * kBatch - removes.left());
  show_latency(state, "keeping", std::move(keeping_ms));
  show_latency(state, "removing", std::move(removing_ms));
}
BENCHMARK(accept_while_removing)->Iterations(4'000)->UseRealTime();

// One backup after the other, at the pace that `herald backup` keeps, and pauses of the same length.
void accept_while_backing_up(benchmark::State& state) {
  Bench bench(false);
  Sender sender;
  std::atomic<bool> stop{false};
  std::atomic<bool> copying{false};
  std::atomic<int> backups{0};
  std::thread copier([&] {
    while (!stop.load()) {
      const auto began = std::chrono::steady_clock::now();
      copying = true;
      bench.back_up();
      copying = false;
      ++backups;
      std::this_thread::sleep_for(std::chrono::steady_clock::now() - began);  // tidy: sleeps because it measures pauses
    }
  });
  std::vector<double> alone_ms;
  std::vector<double> copying_ms;
  for (auto _ : state)
    sender.send(bench, copying.load() ? copying_ms : alone_ms);
  stop = true;
  copier.join();
  state.counters["backups"] = backups.load();
  show_latency(state, "alone", std::move(alone_ms));
  show_latency(state, "copying", std::move(copying_ms));
}
BENCHMARK(accept_while_backing_up)->Iterations(4'000)->UseRealTime();

}  // namespace
}  // namespace herald::store
