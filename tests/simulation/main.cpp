// simulation_test: runs seed after seed until the first one that breaks a promise.
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "base/random.h"
#include "simulation.h"

namespace {

constexpr const char* kUsage =
    "simulation_test [--seed=N] [--runs=N] [--seconds=N] [--trace]\n"
    "  --seed=N     the first seed; run i has the seed N + i (default: the machine's entropy)\n"
    "  --runs=N     how many runs (default 1, without --seconds)\n"
    "  --seconds=N  runs until so many seconds are over, at least --runs of them\n"
    "  --trace      tells everything that a run does\n";

struct Wish {
  std::uint64_t seed = 0;
  std::uint64_t runs = 1;
  std::chrono::seconds time{0};
  bool trace = false;
};

std::uint64_t number_of(std::string_view text) {
  std::size_t read = 0;
  const std::string word(text);
  const auto number = std::stoull(word, &read);
  if (read != word.size() || word.front() == '-') throw std::invalid_argument(word);
  return number;
}

bool read_wish(int count, char** words, Wish& wish) {
  wish.seed = herald::base::entropy_seed() % 1'000'000'000'000ULL;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const auto value = word.substr(std::min(word.find('='), word.size() - 1) + 1);
    try {
      if (word == "--trace")
        wish.trace = true;
      else if (word.rfind("--seed=", 0) == 0)
        wish.seed = number_of(value);
      else if (word.rfind("--runs=", 0) == 0)
        wish.runs = number_of(value);
      else if (word.rfind("--seconds=", 0) == 0)
        wish.time = std::chrono::seconds{number_of(value)};
      else
        throw std::invalid_argument(std::string(word));
    } catch (const std::exception&) {
      std::cerr << "found " << word << ", expected one of:\n" << kUsage;
      return false;
    }
  }
  return true;
}

// A folder in memory where there is one: the host's lock and its looks at the file cost no disk then.
std::filesystem::path make_folder() {
  std::error_code none;
  const std::filesystem::path memory = "/dev/shm";
  const auto under = std::filesystem::is_directory(memory, none) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (under / "herald-simulation-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  return pattern;
}

int run(const Wish& wish, const std::filesystem::path& folder) {
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t steps = 0;
  std::uint64_t run = 0;
  for (; run < wish.runs || std::chrono::steady_clock::now() - began < wish.time; ++run) {
    const auto seed = wish.seed + run;
    herald::simulation::Simulation simulation(seed, (folder / "data").string(), wish.trace);
    try {
      simulation.run();
    } catch (const std::exception& broken) {
      std::cout << "BROKEN seed=" << seed << " steps=" << steps + simulation.steps() << " " << broken.what()
                << "\nreplay: simulation_test --seed=" << seed << " --trace\n";
      return 1;
    }
    steps += simulation.steps();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << run << " runs from seed " << wish.seed << ", " << steps << " steps in " << took.count() << " s, "
            << static_cast<std::uint64_t>(static_cast<double>(steps) / took.count())
            << " steps/s: every promise kept\n";
  return 0;
}

}  // namespace

int main(int count, char** words) {
  Wish wish;
  if (!read_wish(count, words, wish)) return 2;
  std::cout << "base seed " << wish.seed << std::endl;
  const auto folder = make_folder();
  int code = 1;
  try {
    code = run(wish, folder);
  } catch (const std::exception& fault) {
    std::cerr << "the simulation itself failed: " << fault.what() << "\n";
  }
  std::error_code ignored;  // a leftover folder fails no run
  std::filesystem::remove_all(folder, ignored);
  return code;
}
