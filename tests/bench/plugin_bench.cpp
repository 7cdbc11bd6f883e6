// What the border to a plugin costs. The call: a C plugin from its own library takes messages and completes them inside
// submit, beside a bare indirect call of a function in the same library. `border` is the contract alone, as the least
// host would use it; `guarded` is the whole of what the host does: copies, handles, the capacity, the gate, the
// handover to the plugin's own thread and back, the outcome's copy. The load: what a file costs before its first
// message, with and without the child that tries it first.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "providers/guard.h"
#include "providers/handshake.h"
#include "providers/library.h"
#include "providers/probe.h"
#include "support/provider_outlets.h"
#include "support/temp_dir.h"

namespace herald::providers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMostMessages = 64;

class SilentLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

std::filesystem::path null_plugin() {
  return HERALD_BENCH_NULL_PLUGIN;
}

template <typename Value>
Value worked(base::Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

Plugin loaded(const std::filesystem::path& file) {
  return worked(Library::load(file, "the file")
                    .and_then([](const Library& library) { return library.entry(); })
                    .and_then([](herald_plugin_entry_fn entry) { return shake_hands(entry); }));
}

// The least that a host can be: it counts what is completed.
struct LeastHost {
  explicit LeastHost(std::uint32_t count) : plugin(loaded(null_plugin())), messages(count) {
    host.struct_size = sizeof host;
    instance = plugin.calls.create(&host);
    for (std::uint32_t i = 0; i < count; ++i) {
      messages[i].struct_size = sizeof(herald_message);
      messages[i].item = i;
    }
    batch.struct_size = sizeof batch;
    batch.count = count;
    batch.stride = sizeof(herald_message);
    batch.messages = messages.data();
    completion.struct_size = sizeof completion;
    completion.context = this;
    completion.complete = [](void* context, std::uint64_t item, const herald_outcome* outcome) {
      static_cast<LeastHost*>(context)->sum += item + outcome->code;
    };
  }

  Plugin plugin;
  herald_host host{};
  herald_instance instance = nullptr;
  std::vector<herald_message> messages;
  herald_batch batch{};
  herald_completion completion{};
  std::uint64_t sum = 0;
};

void show_per_message(benchmark::State& state, std::int64_t messages) {
  state.counters["per_message"] = benchmark::Counter(static_cast<double>(state.iterations() * messages),
                                                     benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// The measure of the others: an indirect call that does nothing, into the same library.
void bare_indirect_call(benchmark::State& state) {
  const LeastHost least(1);
  auto* const call = least.plugin.calls.start;
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(call(least.instance));
  show_per_message(state, 1);
}
BENCHMARK(bare_indirect_call);

void border(benchmark::State& state) {
  LeastHost least(static_cast<std::uint32_t>(state.range(0)));
  auto* const submit = least.plugin.calls.submit;
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(submit(least.instance, &least.batch, &least.completion));
  benchmark::DoNotOptimize(least.sum);
  show_per_message(state, state.range(0));
}
BENCHMARK(border)->Arg(1)->Arg(kMostMessages);

class CountingSink final : public domain::OutcomeSink {
 public:
  void complete(domain::Ticket, domain::Outcome outcome) noexcept override {
    sum_ += outcome.kind == domain::OutcomeKind::kSuccess ? 1 : 0;
  }
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

struct Surround {
  base::SystemClock clock;
  SilentLog log;
  observe::Metrics metrics;
  test::RecordingInbound inbound;
  Surroundings surroundings{clock, log, metrics};

  std::unique_ptr<Guard> started(Plugin plugin) {
    constexpr std::chrono::seconds kPatience{5};
    return worked(Guard::start(std::move(plugin), {"{}", {}, 1, kPatience, kPatience, &inbound}, surroundings));
  }
};

domain::DispatchItem item_of(domain::Ticket ticket, base::MonoTime deadline) {
  domain::DispatchItem item;
  item.ticket = ticket;
  item.deadline = deadline;
  item.message.id = base::MessageId{static_cast<std::int64_t>(ticket)};
  item.message.content.channel = domain::Channel::kSms;
  item.message.content.from = "+12025550123";
  item.message.content.to = "+12025550142";
  item.message.content.body = "Your code is 4711. It is good for ten minutes.";
  return item;
}

// Making the items is the lane's work: it is outside of the time.
void guarded(benchmark::State& state) {
  constexpr std::size_t kBatchesAtOnce = 256;
  Surround around;
  const auto guard = around.started(loaded(null_plugin()));
  CountingSink sink;
  const auto deadline = around.clock.mono() + std::chrono::hours{1};
  std::vector<std::vector<domain::DispatchItem>> batches;
  for ([[maybe_unused]] auto turn : state) {
    if (batches.empty()) {
      state.PauseTiming();
      for (std::size_t i = 0; i < kBatchesAtOnce; ++i) {
        auto& batch = batches.emplace_back();
        for (std::int64_t n = 0; n < state.range(0); ++n)
          batch.push_back(item_of(static_cast<domain::Ticket>(n), deadline));
      }
      state.ResumeTiming();
    }
    guard->submit(std::move(batches.back()), sink);
    batches.pop_back();
  }
  if (sink.sum() != static_cast<std::uint64_t>(state.iterations() * state.range(0)))
    state.SkipWithError("not every message was completed");
  show_per_message(state, state.range(0));
}
BENCHMARK(guarded)->Arg(1)->Arg(kMostMessages);

// Percentiles say what an average hides.
class Durations {
 public:
  void add(Clock::duration duration) { all_.push_back(std::chrono::duration<double, std::micro>(duration).count()); }

  void show(benchmark::State& state) {
    std::sort(all_.begin(), all_.end());
    state.counters["p50_us"] = all_.at(all_.size() / 2);
    state.counters["p99_us"] = all_.at(std::min(all_.size() - 1, all_.size() * 99 / 100));
    state.counters["max_us"] = all_.back();
  }

 private:
  std::vector<double> all_;
};

// Each time another file, since a library that is loaded once is never read again.
void load_with_handshake(benchmark::State& state) {
  const test::TempDir folder;
  Durations durations;
  int number = 0;
  for ([[maybe_unused]] auto turn : state) {
    const auto file = folder / (std::to_string(number++) + ".so");
    std::filesystem::copy_file(null_plugin(), file);
    const auto begin = Clock::now();
    const Plugin plugin = loaded(file);
    const auto took = Clock::now() - begin;
    benchmark::DoNotOptimize(plugin.descriptor.name.data());
    durations.add(took);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
  durations.show(state);
}
BENCHMARK(load_with_handshake)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(500);

// As above, and the first instance up to its start.
void load_and_start(benchmark::State& state) {
  const test::TempDir folder;
  Surround around;
  Durations durations;
  int number = 0;
  for ([[maybe_unused]] auto turn : state) {
    const auto file = folder / (std::to_string(number++) + ".so");
    std::filesystem::copy_file(null_plugin(), file);
    const auto begin = Clock::now();
    const auto guard = around.started(loaded(file));
    const auto took = Clock::now() - begin;
    durations.add(took);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
  durations.show(state);
}
BENCHMARK(load_and_start)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(200);

// The child process that tries a file before the host does: herald itself, started anew.
void probe_in_a_child(benchmark::State& state) {
  const Probe probe(HERALD_BENCH_HOST, std::chrono::seconds{30});
  Durations durations;
  for ([[maybe_unused]] auto turn : state) {
    const auto begin = Clock::now();
    benchmark::DoNotOptimize(worked(probe.try_out(null_plugin())));
    const auto took = Clock::now() - begin;
    durations.add(took);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
  durations.show(state);
}
BENCHMARK(probe_in_a_child)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(200);

}  // namespace
}  // namespace herald::providers
