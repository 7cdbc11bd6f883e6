// A file layer for SQLite that fails on demand: the platform's own, with faults in between.
#pragma once

#include <atomic>
#include <string>

namespace herald::test {

// Registered under its name while it lives; outlives every connection that names it. Faults may be switched by any
// thread; each holds until it is taken back.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }

  // An SQLite result code for every such call; 0 lets it through. A failed sync of the log comes after its writes have
  // reached the file, as it does with a real disk.
  std::atomic<int> log_sync{0};
  std::atomic<int> log_write{0};
  std::atomic<int> database_sync{0};
  std::atomic<int> database_write{0};
  std::atomic<int> open{0};
  // Told only once the commit is durable and seen by others.
  std::atomic<int> commit_end{0};

  // Calls that came through or failed.
  std::atomic<int> log_syncs{0};
  std::atomic<int> database_syncs{0};

 private:
  struct Layer;
  std::string name_;
  Layer* layer_;
};

}  // namespace herald::test
