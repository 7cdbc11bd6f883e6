// Makes what runs be what the plugin folder holds: starts, upgrades and removes providers as the plan says, while the
// host runs and at its start.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/administration.h"
#include "providers/failed_starts.h"
#include "providers/folder_census.h"
#include "providers/folder_plan.h"
#include "providers/launch.h"
#include "providers/registry.h"
#include "providers/retirement.h"
#include "providers/roster.h"
#include "providers/surroundings.h"

namespace herald::providers {

// The main thread until the start is over, then the control thread alone.
class FolderFollower final : public FailedStarts {
 public:
  // All are borrowed and outlive this object.
  struct Parts {
    Surroundings surroundings;
    Registry& registry;
    Roster& roster;
    Administration& administration;
    Retirement& retirement;
    const Outlets& outlets;
    const Launch& launch;
  };

  explicit FolderFollower(Parts parts) : parts_(std::move(parts)) {}

  // Starts what the census holds, and settles nothing: the channels are given out once all are known. False when
  // `cancelled`, which is asked before each start, ended it early.
  bool begin(Census census, const std::function<bool()>& cancelled);

  // Brings what runs into line with the census. A candidate that does not start is listed with its reason, and leaves
  // the version that runs as it is. Does the less the further the host's stop is: `cancelled` is asked before each
  // step, and the patience of the control thread ends a start. What must wait for a provider that still drains is done
  // when that has gone.
  void follow(Census census, const std::function<bool()>& cancelled);

  std::optional<std::string> schema_of(const std::string& name) const override;
  base::Status try_again(const std::string& name, const std::string& config, const Keep& keep) override;

  // The copies from which the running versions were loaded.
  std::set<std::filesystem::path> copies() const;

 private:
  using Cancelled = std::function<bool()>;
  enum class Made { kDone, kFailed, kCancelled };
  struct Record {
    Running running;
    std::filesystem::path copy;
  };

  std::optional<Candidate> failed_candidate(const std::string& name) const;
  bool reconcile(const Cancelled& cancelled);
  void list_refused(const std::vector<Refusal>& refusals);
  Made make(const Step& step);
  Made start(const Candidate& candidate);
  // The channels are still to be given out.
  base::Status take_in(const Candidate& candidate, std::shared_ptr<Guard> guard);
  Made upgrade(const Candidate& candidate);
  void rename(const Candidate& candidate);
  void remove(const std::string& name);
  void removed(const std::string& name);
  void forget_failure(const Candidate& candidate);
  Made failed(const Candidate& candidate, const base::Error& error);
  void record(const Candidate& candidate);
  void rearrange();
  std::vector<Running> running() const;

  const Parts parts_;
  Census census_;
  std::vector<Failure> failures_;
  std::vector<Refusal> refusals_;               // as they are listed
  std::map<std::string, Record> records_;       // of what runs, by name
  std::map<std::string, std::string> leaving_;  // the version of each that drains, by name
  bool begun_ = false;
};

}  // namespace herald::providers
