#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace herald::store {

// kPower: every commit is fsynced before it is answered. kProcess: survives the process, not the machine.
enum class Durability { kPower, kProcess };

// What happens at start with messages that were in flight when the last process died.
enum class UncertainPolicy { kResend, kHold };

struct Options {
  std::string data_dir = "./data";
  Durability durability = Durability::kPower;
  UncertainPolicy uncertain_policy = UncertainPolicy::kResend;
  std::uint64_t queue_max = 5'000'000;           // messages waiting; beyond it an accept is refused
  std::chrono::seconds idempotency_ttl{86'400};  // how long a key is kept
  std::chrono::days retention{0};                // after which a settled message is removed; 0: never
  std::size_t max_batch = 1024;                  // commands applied in one commit
  std::uint64_t wal_limit_bytes = 64U << 20U;
  std::string vfs;  // SQLite's file layer by its registered name; empty: the platform's own
};

}  // namespace herald::store
