// A file layer for SQLite that fails on demand.
#pragma once

#include <atomic>

#include "support/vfs_layer.h"

namespace herald::test {

// Faults may be switched by any thread; each holds until it is taken back.
class FaultVfs final : public VfsLayer {
 public:
  FaultVfs() : VfsLayer("fault") {}

  // An SQLite result code for every such call; 0 lets it through. A failed sync of the log comes after its writes have
  // reached the file, as it does with a real disk.
  std::atomic<int> log_sync{0};
  std::atomic<int> log_write{0};
  std::atomic<int> database_sync{0};
  std::atomic<int> database_write{0};
  std::atomic<int> opens{0};
  std::atomic<int> next_remove{0};  // of one file alone
  // Told only once the commit is durable and seen by others.
  std::atomic<int> commit_end{0};

  // Calls that came through or failed.
  std::atomic<int> log_writes{0};
  std::atomic<int> log_syncs{0};
  std::atomic<int> database_syncs{0};

 private:
  int open(LayeredFile& file, int* out_flags) override;
  int remove(const std::string& path, bool sync_folder) override;
  int write(LayeredFile& file, const void* from, int count, sqlite3_int64 at) override;
  int sync(LayeredFile& file, int flags) override;
  int control(LayeredFile& file, int op, void* argument) override;
};

}  // namespace herald::test
