// What the SQLite store sustains: accepts, and claims with their settlements, in batches. Key mix: ids in order of
// time, one provider; idempotency keys, random ones, only where the name says so; all messages between one pair of
// addresses, or between as many pairs as a figure says, in random order. The data lies in HERALD_BENCH_DIR, or in the
// temporary folder.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/clock.h"
#include "bench/data_folder.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"

namespace herald::store {
namespace {

class SilentLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

class Bench {
 public:
  Bench() {
    Options options;
    options.data_dir = folder_.string();
    options.queue_max = 1'000'000'000;
    auto opened = SqliteStore::open(options, clock_, log_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  ~Bench() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  std::vector<Command> accepts(std::size_t count) const {
    std::vector<Command> batch;
    batch.reserve(count);
    for (std::size_t at = 0; at < count; ++at)
      batch.emplace_back(accepting(small_sms()));
    return batch;
  }

  std::vector<Command> keyed_accepts(std::size_t count) {
    auto batch = accepts(count);
    for (auto& command : batch)
      std::get<Accept>(command).key = domain::RequestKey{random_digest(), random_digest()};
    return batch;
  }
  // What every new request begins with.
  bool find_new_key() {
    return store_->reader().find_key(random_digest(), clock_.wall() - std::chrono::hours{24}).value().has_value();
  }

  // To any of `pairs` recipients.
  std::vector<Command> accepts_among(std::size_t pairs, std::size_t count) {
    std::uniform_int_distribution<std::size_t> any{0, pairs - 1};
    std::vector<Command> batch;
    batch.reserve(count);
    for (std::size_t at = 0; at < count; ++at)
      batch.emplace_back(accepting(sms_to(any(random_))));
    return batch;
  }
  // To each of `pairs` recipients once: afterwards every conversation is there.
  void open_conversations(std::size_t pairs) {
    constexpr std::size_t kSize = 1'024;
    for (std::size_t first = 0; first < pairs; first += kSize) {
      std::vector<Command> batch;
      for (std::size_t at = first; at < std::min(first + kSize, pairs); ++at)
        batch.emplace_back(accepting(sms_to(at)));
      apply(std::move(batch));
      maintain();
    }
  }

  void apply(std::vector<Command> batch) {
    if (auto applied = store_->apply(batch); !applied) throw std::runtime_error(applied.error().message);
  }
  void maintain() { store_->maintain(); }

  std::vector<domain::ClaimedMessage> claim(std::size_t limit) {
    std::vector<domain::ClaimedMessage> messages;
    std::vector<Command> batch;
    batch.emplace_back(Claim{"sms-mms", limit, clock_.wall(), [&messages](base::Result<Claimed> claimed) {
                               messages = std::move(claimed.value().messages);
                             }});
    apply(std::move(batch));
    return messages;
  }

  // The settlement of what was claimed and the next claim ride in one commit, as they do with a busy lane.
  std::vector<domain::ClaimedMessage> settle_and_claim(const std::vector<domain::ClaimedMessage>& done,
                                                       std::size_t limit) {
    std::vector<domain::ClaimedMessage> messages;
    Settle settle{{}, [](const base::Status& settled) { benchmark::DoNotOptimize(settled.has_value()); }};
    settle.items.reserve(done.size());
    for (const auto& message : done)
      settle.items.push_back(success(message));
    std::vector<Command> batch;
    batch.emplace_back(std::move(settle));
    batch.emplace_back(Claim{"sms-mms", limit, clock_.wall(), [&messages](base::Result<Claimed> claimed) {
                               messages = std::move(claimed.value().messages);
                             }});
    apply(std::move(batch));
    return messages;
  }

 private:
  domain::Digest random_digest() {
    domain::Digest digest{};
    for (auto& byte : digest)
      byte = static_cast<std::uint8_t>(random_());
    return digest;
  }

  domain::NewMessage small_sms() const {
    domain::NewMessage message;
    message.content.from = "+12015550101";
    message.content.to = "+12015550102";
    message.content.body = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";
    message.content.timestamp = clock_.wall();
    message.provider = "sms-mms";
    message.request_id = "01JH0000000000000000000000";
    message.normalized_from = message.content.from;
    message.normalized_to = message.content.to;
    message.accepted_at = clock_.wall();
    message.expires_at = message.accepted_at + std::chrono::hours{24};
    return message;
  }

  domain::NewMessage sms_to(std::size_t recipient) const {
    auto message = small_sms();
    message.content.to = message.normalized_to = "+1" + std::to_string(2'000'000'000 + recipient * 7'919 % 999'999'937);
    return message;
  }

  static Command accepting(domain::NewMessage message) {
    return Accept{std::move(message), {}, [](const auto& id) { benchmark::DoNotOptimize(id.has_value()); }};
  }

  Settlement success(const domain::ClaimedMessage& message) const {
    Settlement item;
    item.id = message.id;
    item.attempt.number = message.attempt;
    item.attempt.provider = "sms-mms";
    item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
    item.attempt.outcome.provider_message_id = "SM0123456789abcdef0123456789abcdef";
    item.attempt.outcome.segments = 1;
    item.attempt.outcome.encoding = "GSM-7";
    item.attempt.started_at = clock_.wall();
    item.attempt.latency = std::chrono::milliseconds{12};
    return item;
  }

  base::SystemClock clock_;
  SilentLog log_;
  observe::Metrics metrics_;
  const std::filesystem::path folder_ = new_data_folder();
  std::unique_ptr<SqliteStore> store_;
  std::mt19937_64 random_{1};  // the same pairs in every run
};

// The slowest commit with the checkpoint after it: how long a request may have to wait for its turn.
class Slowest {
 public:
  void begin() { began_ = std::chrono::steady_clock::now(); }
  void end() { slowest_ = std::max(slowest_, std::chrono::steady_clock::now() - began_); }
  double milliseconds() const { return std::chrono::duration<double, std::milli>(slowest_).count(); }

 private:
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::duration slowest_{};
};

void accept_batches(benchmark::State& state) {
  Bench bench;
  Slowest slowest;
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    slowest.begin();
    bench.apply(bench.accepts(size));
    bench.maintain();
    slowest.end();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["slowest_ms"] = slowest.milliseconds();
}
BENCHMARK(accept_batches)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024)->UseRealTime()->MinTime(3.0);

// Every message of a batch in a conversation of its own, or nearly so: the mix that costs the store most.
void accept_batches_among_pairs(benchmark::State& state) {
  Bench bench;
  Slowest slowest;
  const auto pairs = static_cast<std::size_t>(state.range(0));
  const auto size = static_cast<std::size_t>(state.range(1));
  bench.open_conversations(pairs);
  for (auto _ : state) {
    slowest.begin();
    bench.apply(bench.accepts_among(pairs, size));
    bench.maintain();
    slowest.end();
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
  state.counters["slowest_ms"] = slowest.milliseconds();
}
BENCHMARK(accept_batches_among_pairs)
    ->Args({1, 256})
    ->Args({1'000, 256})
    ->Args({100'000, 256})
    ->Args({100'000, 1'024})
    ->UseRealTime()
    ->MinTime(3.0);

// A million messages without keys, then as many with one each: enough for keys to move into their bucket many times.
void accept_a_million(benchmark::State& state) {
  constexpr std::size_t kSize = 256;
  Bench bench;
  Slowest slowest;
  for (auto _ : state) {
    auto batch = state.range(0) != 0 ? bench.keyed_accepts(kSize) : bench.accepts(kSize);
    slowest.begin();
    bench.apply(std::move(batch));
    bench.maintain();
    slowest.end();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSize));
  state.counters["slowest_ms"] = slowest.milliseconds();
}
BENCHMARK(accept_a_million)->ArgName("keys")->Arg(0)->Arg(1)->Iterations(4'000)->UseRealTime();

// Behind half a million keys, most of them in a bucket.
void find_new_keys(benchmark::State& state) {
  Bench bench;
  for (int batches = 0; batches < 512; ++batches) {
    bench.apply(bench.keyed_accepts(1'024));
    bench.maintain();
  }
  for (auto _ : state)
    benchmark::DoNotOptimize(bench.find_new_key());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(find_new_keys)->UseRealTime();

void claim_and_settle(benchmark::State& state) {
  constexpr std::size_t kQueued = 300'000;
  Bench bench;
  Slowest slowest;
  const auto size = static_cast<std::size_t>(state.range(0));
  for (std::size_t count = 0; count < kQueued; count += 1'024) {
    bench.apply(bench.accepts(1'024));
    bench.maintain();
  }
  auto held = bench.claim(size);
  std::int64_t settled = 0;
  for (auto _ : state) {
    slowest.begin();
    settled += static_cast<std::int64_t>(held.size());
    held = bench.settle_and_claim(held, size);
    bench.maintain();
    slowest.end();
    if (held.empty()) {
      state.SkipWithError("the queue ran empty");
      break;
    }
  }
  state.SetItemsProcessed(settled);
  state.counters["slowest_ms"] = slowest.milliseconds();
}
BENCHMARK(claim_and_settle)->Arg(64)->Iterations(4'000)->UseRealTime();
BENCHMARK(claim_and_settle)->Arg(256)->Iterations(1'000)->UseRealTime();

// Both at once in one commit: 256 arrive, 256 leave.
void accept_claim_and_settle(benchmark::State& state) {
  constexpr std::size_t kSize = 256;
  Bench bench;
  Slowest slowest;
  bench.apply(bench.accepts(kSize));
  auto held = bench.claim(kSize);
  for (auto _ : state) {
    slowest.begin();
    bench.apply(bench.accepts(kSize));
    held = bench.settle_and_claim(held, kSize);
    bench.maintain();
    slowest.end();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSize));
  state.counters["slowest_ms"] = slowest.milliseconds();
}
BENCHMARK(accept_claim_and_settle)->UseRealTime()->MinTime(3.0);

}  // namespace
}  // namespace herald::store
