// What an accepted message costs the store alone, in batches of 256, under the mixes of `herald bench`, and how that
// grows with the rows that are there. The argument is how many messages of mix B lie in the store before the first
// batch is timed. The data lies in HERALD_BENCH_DIR, or in the temporary folder; every commit is fsynced.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/data_folder.h"
#include "bench/mixes.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"

namespace herald::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kFillBatch = 1'024;
constexpr std::int64_t kBatches = 400;

class Stored {
 public:
  Stored() {
    store::Options options;
    options.data_dir = folder_.string();
    options.queue_max = 1'000'000'000;
    auto opened = store::SqliteStore::open(options, clock_, log_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  ~Stored() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Stored(const Stored&) = delete;
  Stored& operator=(const Stored&) = delete;

  void accept(std::vector<store::Command> batch) {
    if (auto applied = store_->apply(batch); !applied) throw std::runtime_error(applied.error().message);
    store_->maintain();
  }
  void fill(std::size_t rows) {
    MixedAccepts accepts('b', "sms-mms", 1);
    for (std::size_t done = 0; done < rows; done += kFillBatch)
      accept(accepts.batch(std::min(kFillBatch, rows - done)));
  }

 private:
  base::SystemClock clock_;
  SilentLog log_;
  observe::Metrics metrics_;
  const std::filesystem::path folder_ = new_data_folder();
  std::unique_ptr<store::SqliteStore> store_;
};

void accept_mix(benchmark::State& state, char mix) {
  Stored stored;
  stored.fill(static_cast<std::size_t>(state.range(0)));
  MixedAccepts accepts(mix, "sms-mms", 2);
  std::chrono::duration<double, std::milli> slowest{0};
  for ([[maybe_unused]] auto turn : state) {
    auto batch = accepts.batch(kBatch);
    const auto began = std::chrono::steady_clock::now();
    stored.accept(std::move(batch));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    slowest = std::max<std::chrono::duration<double, std::milli>>(slowest, took);
    state.SetIterationTime(took.count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
  state.counters["slowest_ms"] = slowest.count();
}

void accept_mix_a(benchmark::State& state) {
  accept_mix(state, 'a');
}
void accept_mix_b(benchmark::State& state) {
  accept_mix(state, 'b');
}

BENCHMARK(accept_mix_a)->ArgName("rows")->Arg(0)->Iterations(kBatches)->UseManualTime();
// 1,000 is for the test that this runs; the others are the curve.
BENCHMARK(accept_mix_b)
    ->ArgName("rows")
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->Iterations(kBatches)
    ->UseManualTime();

}  // namespace
}  // namespace herald::bench
