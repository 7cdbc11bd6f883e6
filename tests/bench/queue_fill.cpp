// queue_fill DATA_DIR COUNT PROVIDER [PAIRS|mix-b]: accepts COUNT small SMS for a provider straight through the store,
// as the host's writer would but without HTTP, so that a long queue stands within a minute. Key mix: no idempotency
// keys; one sender, and PAIRS recipients (100,000 unless told) taken in turn; or, with mix-b, that of `herald bench
// --mix b`. The host must not run on the folder.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "bench/mixes.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"

namespace {

using herald::base::SystemClock;
namespace store = herald::store;

constexpr std::size_t kBatch = 1'024;
constexpr std::size_t kPairs = 100'000;

store::Accept accept(const SystemClock& clock, const std::string& provider, std::size_t recipient, bool& refused) {
  store::Accept command;
  auto& message = command.message;
  message.content.from = "+12015550101";
  message.content.to = "+1" + std::to_string(2'012'000'000 + recipient);
  message.content.body = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";
  message.content.timestamp = clock.wall();
  message.provider = provider;
  message.request_id = "01JH0000000000000000000000";
  message.normalized_from = message.content.from;
  message.normalized_to = message.content.to;
  message.accepted_at = clock.wall();
  message.expires_at = message.accepted_at + std::chrono::hours{24};
  command.done = [&refused](const auto& id) { refused = refused || !id; };
  return command;
}

// No pairs: mix B.
int fill(const std::string& folder, std::size_t count, const std::string& provider, std::size_t pairs) {
  const SystemClock clock;
  herald::bench::SilentLog log;
  herald::observe::Metrics metrics;
  store::Options options;
  options.data_dir = folder;
  auto opened = store::SqliteStore::open(options, clock, log, metrics);
  if (!opened) {
    std::cerr << "queue_fill: " << opened.error().message << '\n';
    return 1;
  }
  herald::bench::MixedAccepts mixed('b', provider, 1);
  bool refused = false;
  for (std::size_t done = 0; done < count && !refused;) {
    const std::size_t size = std::min(kBatch, count - done);
    std::vector<store::Command> batch;
    if (pairs == 0) batch = mixed.batch(size);
    for (std::size_t i = batch.size(); i < size; ++i)
      batch.emplace_back(accept(clock, provider, (done + i) % pairs, refused));
    done += size;
    if (const auto applied = (*opened)->apply(batch); !applied) {
      std::cerr << "queue_fill: " << applied.error().message << '\n';
      return 1;
    }
    (*opened)->maintain();
  }
  if (refused) std::cerr << "queue_fill: the queue's bound was reached\n";
  return refused ? 1 : 0;
}

bool is_number(std::string_view text, std::size_t& number) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() && number > 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  std::size_t pairs = kPairs;
  const bool mix_b = argc == 5 && std::string_view(argv[4]) == "mix-b";
  if (mix_b) pairs = 0;
  const bool sound =
      (argc == 4 || argc == 5) && is_number(argv[2], count) && (argc == 4 || mix_b || is_number(argv[4], pairs));
  if (!sound) {
    std::cerr << "usage: queue_fill DATA_DIR COUNT PROVIDER [PAIRS|mix-b]; COUNT and PAIRS from 1\n";
    return 2;
  }
  return fill(argv[1], count, argv[3], pairs);
}
