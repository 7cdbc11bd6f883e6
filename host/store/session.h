// The store's writing connection, and everything that lives and dies with it. Internal to the store room.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/checkpointer.h"
#include "store/command_applier.h"
#include "store/database.h"
#include "store/key_archive.h"
#include "store/options.h"
#include "store/queue_ledger.h"
#include "store/receipt_sweep.h"
#include "store/recent_keys.h"
#include "store/retention.h"

namespace herald::store {

// What a session works on and what stands longer than it; all borrowed.
struct Surroundings {
  const Options& options;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
  QueueLedger& ledger;
  RecentKeys& recent_keys;
  base::IdSource& ids;
};

// The writer's thread only. Functions throw SqliteError.
struct Session {
  // `vfs` is the file layer, by its registered name.
  Session(const std::string& path, const std::string& vfs) : database(path, Database::Mode::kReadWrite, vfs) {}

  // Sets what belongs to the file and to the connection. Before any other write.
  void set_up(const Options& options);
  // Proves that a commit reaches the disk and the whole log the database, then loads what the store keeps in memory
  // and makes the parts below.
  void arm(const Surroundings& around);

  Database database;
  // From arm() on.
  std::optional<Checkpointer> checkpointer;
  std::optional<CommandApplier> applier;
  std::optional<ReceiptSweep> receipt_sweep;
  std::optional<KeyArchive> key_archive;
  std::optional<Retention> retention;
};

}  // namespace herald::store
