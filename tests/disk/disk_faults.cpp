// The store on a disk that fails: every operation of a load in every way (the sweep), then mixtures drawn from a seed.
// Ends non-zero when the store broke a promise, with the arguments that run the trial alone.
#include <charconv>
#include <chrono>
#include <cstring>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "trial.h"

namespace herald::disk {
namespace {

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t cases = 1'000;  // mixtures
  std::uint64_t stride = 1;     // of the sweep: every so manieth operation, from one that the seed chooses
  std::vector<std::uint64_t> trial;
};

std::uint64_t number_of(std::string_view text) {
  if (text == "never") return Plan::kNever;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument("found \"" + std::string(text) + "\", expected a number");
  return number;
}

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int index = 1; index < count; index += 2) {
    const std::string_view name = values[index];
    if (index + 1 == count) throw std::invalid_argument(std::string(name) + " needs a value");
    std::string_view value = values[index + 1];
    if (name == "--seed") {
      arguments.seed = number_of(value);
    } else if (name == "--cases") {
      arguments.cases = number_of(value);
    } else if (name == "--stride") {
      arguments.stride = number_of(value);
    } else if (name == "--trial") {
      while (!value.empty()) {
        const auto comma = std::min(value.find(','), value.size());
        arguments.trial.push_back(number_of(value.substr(0, comma)));
        value.remove_prefix(std::min(comma + 1, value.size()));
      }
    } else {
      throw std::invalid_argument("found " + std::string(name) + ", expected --seed, --cases, --stride or --trial");
    }
  }
  if (arguments.stride == 0) throw std::invalid_argument("a stride of 0 goes nowhere");
  return arguments;
}

Plan plan_of(const std::vector<std::uint64_t>& numbers) {
  constexpr std::size_t kNumbers = 10;
  if (numbers.size() != kNumbers) throw std::invalid_argument("--trial needs ten numbers, as a violation prints them");
  Plan plan;
  plan.seed = numbers[0];
  plan.first_start = numbers[1] != 0;
  plan.heavy = numbers[2] != 0;
  plan.hold = numbers[3] != 0;
  plan.ending = static_cast<Ending>(numbers[4]);
  plan.mistake = static_cast<Mistake>(numbers[5]);
  plan.operation = numbers[6];
  plan.harm = static_cast<Harm>(numbers[7]);
  plan.lasting = numbers[8] != 0;
  plan.one_in = numbers[9];
  return plan;
}

class Run {
 public:
  void trial(const Plan& plan) {
    const auto verdict = run_trial(plan);
    ++trials_;
    for (std::size_t harm = 1; harm < kHarms; ++harm)
      fired_.at(harm) += verdict.fired.at(harm);
    acknowledged_ += verdict.acknowledged;
    refused_ += verdict.refused;
    failed_commits_ += verdict.failed_commits;
    durable_after_all_ += verdict.durable_after_all;
    recoveries_ += verdict.recoveries;
    restarts_ += verdict.restarts;
    if (verdict.violations.empty()) return;
    if (++failed_ > kShown) return;
    std::cout << "VIOLATION: disk_faults " << plan.text() << '\n';
    for (const auto& what : verdict.violations)
      std::cout << "  " << what << '\n';
  }

  // Every `stride`th operation of what a sound run does, in every way.
  void sweep(Plan plan, const Arguments& arguments, std::uint64_t stride) {
    plan.seed = arguments.seed;
    plan.ending = Ending::kClose;
    const auto sound = run_trial(plan);
    const auto& operations = sound.operations;
    for (std::uint64_t at = arguments.seed % stride; at < operations.size(); at += stride) {
      plan.operation = at;
      for (std::size_t harm = 1; harm < kHarms; ++harm) {
        plan.harm = static_cast<Harm>(harm);
        if (!can_harm(operations[at], plan.harm)) continue;
        for (const bool lasting : {false, true}) {
          plan.lasting = lasting;
          const bool ends = plan.harm == Harm::kCut || plan.harm == Harm::kCutBehind;
          if (lasting && (ends || plan.harm == Harm::kDelay)) continue;
          const auto turn = at / stride + harm + 2 * static_cast<std::size_t>(lasting);
          plan.ending = static_cast<Ending>(turn % kEndings);
          if (at >= sound.before_close) plan.ending = turn % 2 == 0 ? Ending::kClose : Ending::kCloseAndCut;
          plan.hold = (at & 4U) != 0;
          trial(plan);
        }
      }
    }
    std::cout << "swept " << operations.size() << " operations, every " << stride << ". of them" << std::endl;
  }

  void mixtures(const Arguments& arguments) {
    for (std::uint64_t index = 0; index < arguments.cases; ++index) {
      Plan plan;
      plan.seed = arguments.seed * 1'000'003 + index;
      plan.one_in = 20U + plan.seed % 7 * 40;
      plan.first_start = index % 16 == 0;
      plan.heavy = index % 64 == 1;
      plan.hold = index % 3 == 0;
      trial(plan);
    }
  }

  int tell(const Arguments& arguments) const {
    std::cout << trials_ << " trials, seed " << arguments.seed << "; faults fired:";
    std::uint64_t all = 0;
    for (std::size_t harm = 1; harm < kHarms; ++harm) {
      std::cout << ' ' << to_string(static_cast<Harm>(harm)) << ' ' << fired_.at(harm);
      all += fired_.at(harm);
    }
    std::cout << ", " << all << " in all\n"
              << acknowledged_ << " commands acknowledged, " << refused_ << " refused; " << failed_commits_
              << " failed commits, " << durable_after_all_ << " of them durable after all; " << recoveries_
              << " recoveries, " << restarts_ << " restarts\n"
              << "violations: " << failed_ << '\n';
    return failed_ == 0 ? 0 : 1;
  }

 private:
  static constexpr std::uint64_t kShown = 5;
  std::uint64_t trials_ = 0;
  std::uint64_t failed_ = 0;
  std::array<std::uint64_t, kHarms> fired_{};
  std::uint64_t acknowledged_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failed_commits_ = 0;
  std::uint64_t durable_after_all_ = 0;
  std::uint64_t recoveries_ = 0;
  std::uint64_t restarts_ = 0;
};

int run(int count, char** values) {
  const auto arguments = parse(count, values);
  Run run;
  if (!arguments.trial.empty()) {
    run.trial(plan_of(arguments.trial));
    return run.tell(arguments);
  }
  Plan usual;
  run.sweep(usual, arguments, arguments.stride);
  Plan first;
  first.first_start = true;
  run.sweep(first, arguments, 4 * arguments.stride);  // all but its beginning is as above
  Plan heavy;
  heavy.heavy = true;
  run.sweep(heavy, arguments, 997 * arguments.stride);  // mostly writes of one long commit
  run.mixtures(arguments);
  return run.tell(arguments);
}

}  // namespace
}  // namespace herald::disk

int main(int count, char** values) {
  try {
    return herald::disk::run(count, values);
  } catch (const std::exception& error) {
    std::cerr << "disk_faults: " << error.what() << '\n';
    return 2;
  }
}
