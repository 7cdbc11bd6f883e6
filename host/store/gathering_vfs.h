// A file layer for SQLite that gathers what goes to the log until it is synced. Internal to the store room.
#pragma once

#include <memory>
#include <string>

struct sqlite3_vfs;

namespace herald::store {

// SQLite writes a commit to the log as two writes a page, one of them of 24 bytes; here they become one in about thirty
// pages. The layer below gets the same bytes in the same order, only later: at the latest when the log is synced,
// truncated or measured, when what is held is read, or when more than kHeldBytes is. What fails then is told by the
// call that it happened in, is held on, and is written again with the next call. A sync is called once, and only after
// all that is held has been written.
//
// For the one connection that writes, and only with synchronous = FULL. Then SQLite syncs the log between a commit's
// last write to it and the index that shows the commit to other connections, so these never look for what is held
// here. With less it does not sync, and they would read what is not there.
//
// Registered under its name while it lives; outlives every connection that names it. A connection's own thread calls
// into its files, and nothing is shared between files.
class GatheringVfs {
 public:
  // The platform's layer loses the upper bits of a length of 128 KiB and more.
  static constexpr int kHeldBytes = 120 * 1024;

  // `below` is the name of the layer that does the work; empty: the platform's own. Throws SqliteError when there is
  // none of that name.
  explicit GatheringVfs(const std::string& below);
  ~GatheringVfs();
  GatheringVfs(const GatheringVfs&) = delete;
  GatheringVfs& operator=(const GatheringVfs&) = delete;

  const std::string& name() const { return name_; }

 private:
  struct Unregister {
    void operator()(sqlite3_vfs* vfs) const;
  };

  const std::string name_;
  std::unique_ptr<sqlite3_vfs, Unregister> registered_;
};

}  // namespace herald::store
