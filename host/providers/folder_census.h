// What the plugin folder holds at this moment: which files are plugins that could run, and which are refused. A file is
// read, and tried in a child process, once; it is looked at anew when it has changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "observe/log.h"
#include "providers/fingerprint.h"
#include "providers/plugin_folder.h"

namespace herald::providers {

// A file of the folder that does not run, and why. Two equal ones are one event to an operator: it is logged once.
struct Refusal {
  std::filesystem::path file;
  std::optional<Fingerprint> fingerprint;  // none: the file cannot be reached
  std::string reason;                      // what was found, what was expected, the cure
  std::optional<Descriptor> descriptor;    // of a file that has passed its probe
  bool is_superseded = false;              // nothing is wrong with it: a better file of its name serves

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// As operators see it.
domain::ProviderInfo info_of(const Refusal& refusal);

// The refusals of `now` that are not among those of `before`: the ones to log.
std::vector<Refusal> news(const std::vector<Refusal>& before, const std::vector<Refusal>& now);

// Each in the order of the files' names. A file is in one of the two, or it is not in the folder.
struct Census {
  std::vector<Candidate> candidates;
  std::vector<Refusal> refused;
};

// One control thread. The log outlives it.
class FolderCensus {
 public:
  FolderCensus(PluginFolder folder, observe::Log& log);

  // What the folder holds. Blocks for as long as the new files' probes take; with nothing new it costs a few system
  // calls per file. `cancelled` is asked before each file that must be read, by any of the threads that read them.
  //
  // A refusal is kept until its file changes, unless the fault was not the file's: what the disk, the process table or
  // the table of open files refused for now, and a file that was changed while it was read, is refused for this time
  // and tried again at the next survey.
  //
  // An error means that nothing is known and nothing may be changed: the folder cannot be read, it is the empty folder
  // that an unmounted file system has left, it changes all the time, or the survey was cancelled. The fault is logged
  // here, once until it is another or over ("provider.folder_unusable", "provider.folder_usable").
  base::Result<Census> survey(const std::function<bool()>& cancelled = [] { return false; });

  // Removes private copies, but those of the last census and those `in_use`.
  void remove_copies_except(std::set<std::filesystem::path> in_use) const;

 private:
  // What is known of a file. Without a candidate it is refused.
  struct Entry {
    std::optional<Fingerprint> fingerprint;
    std::string hash;  // of its bytes; empty when they could not be read
    std::optional<Candidate> candidate;
    std::string reason;
    bool is_verdict = false;  // on the file; else the host was short of something
    bool is_settled = false;  // a change since would have shown in the fingerprint
  };
  struct Sight;

  base::Result<Sight> look() const;
  bool still_holds(const Entry& entry, const Fingerprint& now) const;
  const Entry* entry_of(const std::filesystem::path& file) const;
  // Adds what is found of these. False when it was cancelled.
  bool examine(const std::vector<std::filesystem::path>& files, std::map<std::filesystem::path, Entry>& entries,
               const std::function<bool()>& cancelled) const;
  Entry examined(const std::filesystem::path& file, const Entry* before) const;
  void judge(Entry& entry, const PluginFile& file, const Entry* before) const;
  const Candidate* known(const std::string& hash) const;
  tl::unexpected<base::Error> nothing_known(base::Error error);
  void note_usable(std::uint64_t device);
  Census census() const;

  PluginFolder folder_;
  observe::Log& log_;
  std::map<std::filesystem::path, Entry> entries_;  // of the last survey
  std::optional<std::uint64_t> device_;             // that the folder was on then
  std::string fault_;                               // that the folder has, as it was logged; empty: none
};

}  // namespace herald::providers
