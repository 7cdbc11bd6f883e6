// One trial: a store on a disk that goes wrong, ended somehow, opened again on a sound one, and judged by the model.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "disk_vfs.h"

namespace herald::disk {

enum class Ending : std::uint8_t { kClose, kKill, kCut, kCloseAndCut };
constexpr std::size_t kEndings = 4;
const char* to_string(Ending ending);

// What is done wrong on purpose, to see that the trial notices.
enum class Mistake : std::uint8_t {
  kNone,
  kDiskLies,             // a sync does nothing and says that it has
  kFailedSyncIgnored,    // a commit goes on after a sync that failed
  kFailedSyncRetried,    // a sync that failed is called again
  kNoSyncOfCommits,      // Durability::kProcess where the power is cut
  kAnswersBeforeCommit,  // `done` is called and then the batch is applied
  kStaysDown             // after a failed commit the store does not come back
};

// All that a trial does follows from it.
struct Plan {
  std::uint64_t seed = 1;    // of the load, and of what tears
  bool first_start = false;  // from an empty folder, not from an empty store
  bool heavy = false;        // with checkpoints
  bool hold = false;         // the policy for what was in flight
  Ending ending = Ending::kCut;
  Mistake mistake = Mistake::kNone;

  // Either the operation with this number is harmed (from 0; kNever: none), and the next ones of its kind until the
  // disk is well again where `lasting`;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  std::uint64_t operation = kNever;
  Harm harm = Harm::kNone;
  bool lasting = false;
  // or operations at random, through several lives: one in `one_in`.
  std::uint64_t one_in = 0;

  // The arguments of the program that run this trial alone.
  std::string text() const;
};

struct Verdict {
  std::vector<std::string> violations;
  std::vector<Operation> operations;  // of the first life, in order
  std::size_t before_close = 0;       // how many of them came before its end
  std::array<std::uint64_t, kHarms> fired{};
  std::uint64_t acknowledged = 0;  // commands
  std::uint64_t refused = 0;       // commands, with 503 to their clients
  std::uint64_t failed_commits = 0;
  std::uint64_t durable_after_all = 0;  // of these
  std::uint64_t recoveries = 0;
  std::uint64_t restarts = 0;
};

// Not from two threads at once.
Verdict run_trial(const Plan& plan);

}  // namespace herald::disk
