// The store on SQLite: one file in the data directory, WAL, one owning process.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/options.h"
#include "store/store.h"

namespace herald::store {

class SqliteStore final : public Store {
 public:
  // Creates the data directory where there is none, takes its lock file, opens or migrates the database, proves that
  // the disk takes writes, and treats what was in flight when the last process died by the uncertain policy. Errors:
  // kConflict when another process owns the directory, kCorrupt for a damaged or newer database (never replaced),
  // kPermission, kUnavailable. The message names the path and the cure.
  static base::Result<std::unique_ptr<SqliteStore>> open(const Options& options, const base::Clock& clock,
                                                         observe::Log& log, observe::Metrics& metrics);
  ~SqliteStore() override;

  base::Status apply(std::span<Command> batch) override;
  base::Status recover() override;
  void maintain() override;

  // Told of new work after each commit. Set before the first apply(); borrowed.
  void set_listener(CommitListener& listener);

  // Connections of its own; lives as long as the store.
  const Reader& reader() const;

 private:
  struct Impl;
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace herald::store
