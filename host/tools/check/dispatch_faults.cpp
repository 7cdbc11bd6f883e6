#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kDraws = 48;

herald_fault_profile profile_of(std::uint32_t timeout_pct, std::uint32_t error_pct, std::uint32_t ratelimit_pct) {
  herald_fault_profile profile{};
  profile.struct_size = sizeof profile;
  profile.timeout_pct = timeout_pct;
  profile.error_pct = error_pct;
  profile.ratelimit_pct = ratelimit_pct;
  return profile;
}

const herald_faults* table_of(const herald_plugin& plugin) {
  return static_cast<const herald_faults*>(extension_of(plugin, HERALD_EXT_FAULTS));
}

// Null after skipping or blocking the test.
const herald_faults* faults_of(const herald_plugin& plugin, Verdict& verdict) {
  const auto* const faults = table_of(plugin);
  if (faults == nullptr) {
    verdict.skip("it offers no " HERALD_EXT_FAULTS);
  } else if (faults->struct_size < sizeof(herald_faults) || faults->set == nullptr) {
    verdict.fail("a table for " HERALD_EXT_FAULTS " of " + std::to_string(faults->struct_size) +
                     " bytes, or without "
                     "its function",
                 "struct_size to be at least " + std::to_string(sizeof(herald_faults)) + ", and set not NULL",
                 "fill herald_faults as abi.h has it");
    return nullptr;
  }
  return faults;
}

// The codes of the outcomes, in the order in which they came.
class Codes {
 public:
  void add(const herald_outcome* outcome) {
    const base::MutexLock lock(mutex_);
    codes_.push_back(outcome == nullptr ? 0 : outcome->code);
  }
  std::vector<std::uint32_t> take() {
    const base::MutexLock lock(mutex_);
    return std::exchange(codes_, {});
  }

 private:
  base::Mutex mutex_;
  std::vector<std::uint32_t> codes_ HERALD_GUARDED_BY(mutex_);
};

// An instance whose outcomes are noted.
struct Drawer {
  Drawer(Subject& subject, Verdict& verdict, const herald_plugin& plugin)
      : codes(std::make_shared<Codes>()),
        sender(subject, verdict, plugin, [noted = codes](const herald_outcome* outcome) { noted->add(outcome); }) {}

  // One after the other, so that their order is that of the messages; fewer when one is not completed.
  std::vector<std::uint32_t> draw(std::size_t count) {
    codes->take();
    for (std::size_t index = 0; index < count; ++index) {
      if (!sender.deliver({sender.message()})) break;
    }
    return codes->take();
  }

  std::shared_ptr<Codes> codes;
  Sender sender;
};

bool set(Verdict& verdict, const herald_faults& faults, herald_instance instance, const herald_fault_profile& profile,
         const std::string& when) {
  verdict.at("faults are set " + when);
  const auto result = faults.set(instance, &profile);
  return verdict.expect(result == HERALD_OK, "set answers " + result_name(result) + " " + when,
                        "HERALD_OK for percentages that fit, from create to destroy (abi.h: herald_faults.set)",
                        "keep the profile in the instance, under a lock of its own");
}

}  // namespace

void hold_what_comes(Sender& sender) {
  const auto* const faults = table_of(sender.instance().plugin());
  if (faults == nullptr || faults->set == nullptr) return;
  const auto profile = profile_of(100, 0, 0);
  faults->set(sender.instance().handle(), &profile);
}

void refuses_wrong_shares(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  const auto* const faults = faults_of(sender.instance().plugin(), verdict);
  if (faults == nullptr) return;
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  for (const auto& profile : {profile_of(101, 0, 0), profile_of(0, 101, 0), profile_of(0, 0, kMost),
                              profile_of(50, 50, 1), profile_of(kMost, 1, 0), profile_of(kMost - 49, 100, 50)}) {
    const std::string shares = std::to_string(profile.timeout_pct) + ", " + std::to_string(profile.error_pct) +
                               " and " + std::to_string(profile.ratelimit_pct) + " percent";
    verdict.at("faults of " + shares + " are set");
    const auto result = faults->set(sender.instance().handle(), &profile);
    if (!verdict.expect(result == HERALD_E_INVALID, "set answers " + result_name(result) + " to " + shares,
                        "HERALD_E_INVALID when the percentages do not fit (abi.h: herald_faults.set)",
                        "add them as 64-bit numbers, and refuse a sum above 100"))
      return;
  }
  sender.deliver({sender.message()});
}

void follows_the_shares(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  const auto* const faults = plugin == nullptr ? nullptr : faults_of(*plugin, verdict);
  if (faults == nullptr) return;
  Drawer drawer(subject, verdict, *plugin);
  if (!drawer.sender.ready()) return;
  struct Case {
    herald_fault_profile profile;
    std::uint32_t code;
    const char* name;
  };
  for (const Case& one : {Case{profile_of(0, 0, 0), HERALD_OUTCOME_SUCCESS, "no faults"},
                          Case{profile_of(0, 100, 0), HERALD_OUTCOME_ERROR, "100 % errors"},
                          Case{profile_of(0, 0, 100), HERALD_OUTCOME_RATE_LIMITED, "100 % rate limits"},
                          Case{profile_of(100, 0, 0), HERALD_OUTCOME_TIMEOUT, "100 % timeouts"}}) {
    if (!set(verdict, *faults, drawer.sender.instance().handle(), one.profile, "while it runs")) return;
    // A timeout takes until its message's deadline.
    const auto codes = drawer.draw(one.code == HERALD_OUTCOME_TIMEOUT ? 1 : 8);
    for (const auto code : codes) {
      if (!verdict.expect(code == one.code, "the outcome " + std::to_string(code) + " with " + one.name,
                          "the outcome " + std::to_string(one.code) + " (abi.h: herald_fault_profile)",
                          "take the profile from the next submit on"))
        return;
    }
  }
}

void follows_the_seed(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  const auto* const faults = plugin == nullptr ? nullptr : faults_of(*plugin, verdict);
  if (faults == nullptr) return;
  Drawer first(subject, verdict, *plugin);
  Drawer second(subject, verdict, *plugin);
  if (!first.sender.ready() || !second.sender.ready()) return;
  auto profile = profile_of(0, 40, 30);
  profile.has_seed = 1;
  profile.seed = subject.seed();
  std::vector<std::vector<std::uint32_t>> runs;
  for (Drawer* drawer : {&first, &second, &first}) {
    if (!set(verdict, *faults, drawer->sender.instance().handle(), profile, "with a seed")) return;
    runs.push_back(drawer->draw(kDraws));
    if (verdict.settled()) return;
  }
  verdict.expect(runs[0] == runs[1], "two instances with the same seed give different outcomes",
                 "the outcomes to follow the seed (abi.h: herald_fault_profile)",
                 "make an outcome a function of seed, ordinal since seeding and attempt: testkit/outcome_sequence.h");
  verdict.expect(runs[0] == runs[2], "the same seed, set again, gives different outcomes",
                 "the sequence to start anew (abi.h: herald_fault_profile)",
                 "count ordinals from the first message that came after seeding: testkit/outcome_sequence.h");
}

void sets_faults_at_any_time(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  const auto* const faults = plugin == nullptr ? nullptr : faults_of(*plugin, verdict);
  if (faults == nullptr) return;
  const auto profile = profile_of(0, 10, 10);
  Instance instance(*plugin, verdict);
  if (!instance.is_created(verdict)) return;
  if (!set(verdict, *faults, instance.handle(), profile, "right after create")) return;
  if (!instance.started(subject, verdict)) return;
  if (!set(verdict, *faults, instance.handle(), profile, "after start")) return;
  instance.stop();
  set(verdict, *faults, instance.handle(), profile, "after stop");
}

}  // namespace herald::tools::check
