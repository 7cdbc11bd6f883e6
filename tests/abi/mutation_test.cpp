// Libraries with damaged bytes: many of them kill the process that loads them, and that is never the host. Mutant n of
// seed s is always the same: HERALD_MUTATION_SEED chooses another seed, and one group is run by its test's name.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "base/random.h"
#include "providers/guard.h"
#include "providers/plugin_folder.h"
#include "support/recording_sink.h"

namespace herald::providers {
namespace {

constexpr std::uint64_t kDefaultSeed = 20260101;
constexpr int kGroups = 20;
constexpr int kMutantsInAGroup = 100;
// The headers, the symbols, the dynamic section's targets and the code of a small library: where damage tells.
constexpr std::size_t kVitalBytes = 8192;
constexpr std::size_t kHeaderBytes = 1024;
// A life that damage has sent into a loop ends here.
constexpr unsigned kLifeSeconds = 5;

std::uint64_t seed() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
  const char* const text = std::getenv("HERALD_MUTATION_SEED");
  if (text == nullptr) return kDefaultSeed;
  std::uint64_t out = 0;
  const std::string_view digits(text);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), out);
  if (error != std::errc{} || end != digits.end()) throw std::runtime_error("HERALD_MUTATION_SEED is no number");
  return out;
}

// A sound library with one of six kinds of damage.
class Mutator {
 public:
  Mutator(std::string bytes, std::uint64_t mutant_seed) : bytes_(std::move(bytes)), random_(mutant_seed) {}

  std::string damaged() {
    switch (below(6)) {
      case 0:
        overwrite(24, kVitalBytes);
        break;
      case 1:
        overwrite(4, kHeaderBytes);
        break;
      case 2:
        flip_a_bit();
        break;
      case 3:
        bytes_.resize(below(bytes_.size()));
        break;
      case 4:
        clear_a_run();
        break;
      default:
        copy_a_block();
        break;
    }
    return std::move(bytes_);
  }

 private:
  std::size_t below(std::size_t bound) { return random_.next() % bound; }

  void overwrite(int count, std::size_t reach) {
    for (int i = 0; i < count; ++i)
      bytes_[below(std::min(bytes_.size(), reach))] = static_cast<char>(random_.next());
  }

  void flip_a_bit() {
    const std::size_t at = below(bytes_.size());
    bytes_[at] = static_cast<char>(static_cast<unsigned char>(bytes_[at]) ^ (1U << below(8)));
  }

  void clear_a_run() {
    const std::size_t at = below(bytes_.size());
    const std::size_t length = std::min(bytes_.size() - at, 1 + below(512));
    bytes_.replace(at, length, length, '\0');
  }

  void copy_a_block() {
    const std::size_t length = 1 + below(256);
    const std::string block = bytes_.substr(below(bytes_.size() - length), length);
    bytes_.replace(below(bytes_.size() - length), length, block);
  }

  std::string bytes_;
  base::SeededRandom random_;
};

// How far a library came in a process of its own.
enum class Reached : std::uint32_t { kNothing, kRefused, kLoaded, kSent, kEnded };

class Mutants : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    void* const page = ::mmap(nullptr, sizeof(Reached), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(page, MAP_FAILED);
    reached_ = static_cast<Reached*>(page);
    bench_.options.probe_timeout = std::chrono::seconds{10};
    std::ifstream original(std::filesystem::path(ABI_PLUGIN_DIR) / "well_behaved.so", std::ios::binary);
    sound_.assign(std::istreambuf_iterator<char>(original), {});
    ASSERT_GT(sound_.size(), kVitalBytes);
  }

  void TearDown() override {
    if (reached_ != nullptr) ::munmap(reached_, sizeof(Reached));
  }

  // What a host does with what its probe has let through, in a child: load, and then the life of one message.
  Reached live(const Candidate& candidate) {
    *reached_ = Reached::kNothing;
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(kLifeSeconds);
      live_in_this_process(candidate);
      ::_exit(0);
    }
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    return *reached_;
  }

  test::PluginBench bench_;
  std::string sound_;
  Reached* reached_ = nullptr;  // shared with the child

 private:
  void live_in_this_process(const Candidate& candidate) {
    auto plugin = PluginFolder::load(candidate);
    *reached_ = plugin ? Reached::kLoaded : Reached::kRefused;
    if (!plugin) return;
    const Guard::Setup setup{"{}", {}, 1, std::chrono::seconds{2}, std::chrono::seconds{2}, &bench_.inbound};
    const auto guard = Guard::start(std::move(*plugin), setup, bench_.surroundings);
    if (!guard) return;
    test::RecordingSink sink;
    (*guard)->submit({test::item_with(1, "any", bench_.in(std::chrono::seconds{60}))}, sink);
    if (sink.count() != 1) return;
    *reached_ = Reached::kSent;
    if ((*guard)->stop(bench_.in(std::chrono::seconds{1}))) *reached_ = Reached::kEnded;
  }
};

// The host is this process: it examines every mutant by a probe, as a host does, and lives. What a probe cannot know is
// damage that shows only in a function which no handshake calls, or only beside other symbols than the probe's: that
// ends the process that calls it, which here is a child. How often that was so is printed, not judged.
TEST_P(Mutants, AreLoadedOrRefusedWithAReason) {
  const auto folder = PluginFolder::open(bench_.options);
  ASSERT_TRUE(folder.has_value()) << folder.error().message;
  int refused = 0;
  int worked = 0;
  int damaged_later = 0;
  int unloadable = 0;
  for (int i = 0; i < kMutantsInAGroup; ++i) {
    const int mutant = GetParam() * kMutantsInAGroup + i;
    const auto file = bench_.write("mutant.so", Mutator(sound_, seed() + static_cast<std::uint64_t>(mutant)).damaged());
    const auto examined = folder->examine(file);
    if (!examined) {
      ++refused;
      EXPECT_FALSE(examined.error().message.empty()) << "mutant " << mutant << " of seed " << seed();
      continue;
    }
    const Reached reached = live(*examined);
    unloadable += reached == Reached::kNothing ? 1 : 0;
    ++(reached == Reached::kEnded ? worked : damaged_later);
    folder->remove_copies_except({});
  }
  std::cout << "seed " << seed() << ", group " << GetParam() << ": " << refused << " refused, " << worked << " worked, "
            << damaged_later << " damaged where only a call shows it, of which " << unloadable
            << " already at the load\n";
  EXPECT_GT(refused, 0) << "no mutant was refused: the damage reaches nothing, so this test shows nothing";
  EXPECT_GT(worked, 0) << "no mutant worked: all damage is fatal, so this test shows little";
}

INSTANTIATE_TEST_SUITE_P(Group, Mutants, testing::Range(0, kGroups));

}  // namespace
}  // namespace herald::providers
