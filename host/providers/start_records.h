// Which plugins are being started, on disk: a start that ends the process is known to the next one, which refuses the
// file instead of dying of it again.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "base/owned_fd.h"
#include "base/result.h"
#include "observe/log.h"
#include "providers/death_marks.h"

namespace herald::providers {

// What a plugin was loaded from.
struct Origin {
  std::string file;  // its name in the plugin folder
  std::string hash;  // SHA-256 of its bytes, in hexadecimal
};

// Any thread. The log outlives it; so does the process its attempts, which may be left behind.
class StartRecords {
 public:
  class Attempt;

  // `folder` is made when it is needed. The records in it are named by the hashes of the files.
  StartRecords(std::filesystem::path folder, observe::Log& log) : folder_(std::move(folder)), log_(log) {}

  // Records durably that this file is being started. The error, kUnavailable, is the reason for a refusal: a host has
  // died of these bytes. A record that cannot be written is logged, and the start goes on without.
  //
  // A death with a mark (mark_deaths) counts at once. One without may be anybody's doing: an operator's SIGKILL, the
  // kernel's for want of memory, a power cut. But it may also be the plugin's, by _exit, by eating the memory, or by a
  // crash of a thread of its own. Nobody is hit by chance in the start of the same file three times in a row, with no
  // start of it in between that came to its end; and three restarts are what an operator, or whatever restarts the
  // host, can bear.
  base::Result<std::shared_ptr<Attempt>> begin(const Origin& origin, const std::string& name, StartStep step);

  // The same; with null for `records` nothing is recorded, and nothing refused.
  static base::Result<std::shared_ptr<Attempt>> begin_in(StartRecords* records, const Origin& origin,
                                                         const std::string& name, StartStep step);

  // The hashes of the files in whose start an earlier process ended without a mark. Before the first begin().
  std::set<std::string> unfinished() const;

  // Attempts that nobody waits for any more, with a thread inside the plugin at this moment.
  std::size_t left_behind() const { return *left_behind_; }

 private:
  base::OwnedFd write(const std::filesystem::path& record, const std::string& text) const;

  const std::filesystem::path folder_;
  observe::Log& log_;
  const std::shared_ptr<std::atomic<std::size_t>> left_behind_ = std::make_shared<std::atomic<std::size_t>>(0);
};

// One start under way. enter, at and leave are called by the thread that is inside the plugin.
class StartRecords::Attempt {
 public:
  struct Record {
    base::OwnedFd file;  // none: it could not be written
    std::filesystem::path path;
    std::string before;  // what stood there before this attempt; empty: nothing
  };

  Attempt(Record record, const Origin& origin, const std::string& name,
          std::shared_ptr<std::atomic<std::size_t>> left_behind);
  // The thread has come back, at the latest now.
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void enter(StartStep step) { mark_.enter(step); }
  void at(StartStep step) { mark_.at(step); }
  void leave() { mark_.leave(); }

  // It came back: nothing is held against the file any more. One of the two, by the owner.
  void over();
  // It came back, which says nothing about the steps that follow: what was known before is known again.
  void over_so_far();
  // Nobody waits for it any more. That is no death, but a crash in it still is.
  void leave_behind();

 private:
  Record record_;
  DeathMark mark_;  // after the file that it writes to
  const std::shared_ptr<std::atomic<std::size_t>> left_behind_count_;
  std::atomic<bool> left_behind_{false};
};

}  // namespace herald::providers
