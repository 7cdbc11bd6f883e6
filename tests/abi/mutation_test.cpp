// Libraries with damaged bytes: many of them kill the process that loads them, and that is never the host.
#include <iterator>

#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "base/random.h"
#include "providers/plugin_folder.h"

namespace herald::providers {
namespace {

constexpr std::uint64_t kSeed = 20260101;
constexpr int kMutants = 60;
constexpr int kDamagedBytes = 24;

TEST(Mutants, AreDescribedOrRefusedWithAReason) {
  test::PluginBench bench;
  bench.options.probe_timeout = std::chrono::seconds{2};
  std::ifstream original(std::filesystem::path(ABI_PLUGIN_DIR) / "well_behaved.so", std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>(original), {}};
  const auto folder = PluginFolder::open(bench.options);
  ASSERT_TRUE(folder.has_value()) << folder.error().message;

  base::SeededRandom random(kSeed);
  int refused = 0;
  for (int mutant = 0; mutant < kMutants; ++mutant) {
    std::string bytes = sound;
    // The first 8 KiB hold the headers, the dynamic section's targets and the symbols: where damage tells.
    const auto reach = std::min<std::size_t>(bytes.size(), 8192);
    for (int i = 0; i < kDamagedBytes; ++i)
      bytes[random.next() % reach] = static_cast<char>(random.next());
    const auto examined = folder->examine(bench.write("mutant.so", bytes));
    if (examined) continue;
    ++refused;
    EXPECT_FALSE(examined.error().message.empty()) << "mutant " << mutant << " of seed " << kSeed;
  }
  EXPECT_GT(refused, 0) << "no mutant was refused: the damage reaches nothing, so this test shows nothing";
}

}  // namespace
}  // namespace herald::providers
