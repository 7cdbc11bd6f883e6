// A disk in memory behind SQLite's file layer, which tells what was written from what was synced: a power cut takes
// what was not synced, a killed process leaves it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/random.h"

namespace herald::simulation {

// Registered with SQLite under its name while it lives; one thread; outlives every connection that names it.
class Disk {
 public:
  // What fails until heal(). A failed sync comes after its writes have been taken, as with a real disk; a failed commit
  // end is told although the commit is durable.
  enum class Fault { kNone, kLogWrite, kLogSync, kDatabaseSync, kCommitEnd };

  Disk();
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  const std::string& vfs() const { return name_; }

  void fail(Fault fault) { fault_ = fault; }
  void heal() { fault_ = Fault::kNone; }
  Fault fault() const { return fault_; }

  // The process ends after this many writes and syncs from now; what its connections do behind that, also while they
  // are closed, goes into the void.
  void end_process_after(std::uint64_t operations);
  // It ends now, unless it has ended already.
  void end_process();
  // After all connections of that process are closed: files are what has survived. A power cut leaves of the writes
  // behind each file's last sync only the first so many, by `random`.
  void restart(bool power_cut, base::Random& random);

 private:
  struct Layer;
  friend struct Layer;
  const std::string name_;
  Fault fault_ = Fault::kNone;
  std::unique_ptr<Layer> layer_;
};

}  // namespace herald::simulation
