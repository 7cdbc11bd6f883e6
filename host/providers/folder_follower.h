// Makes what runs be what the plugin folder holds: starts, upgrades and removes providers as the plan says, while the
// host runs and at its start.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/administration.h"
#include "providers/background_starts.h"
#include "providers/failed_starts.h"
#include "providers/folder_census.h"
#include "providers/folder_plan.h"
#include "providers/launch.h"
#include "providers/registry.h"
#include "providers/retirement.h"
#include "providers/roster.h"
#include "providers/surroundings.h"

namespace herald::providers {

// The control thread alone, but for end().
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

  explicit FolderFollower(Parts parts) : parts_(parts), starts_(parts_.administration.control()) {}

  // Begins the host's own start: what the census holds is started, one after another, and no channel is given out yet.
  // `over` is called once, when nothing of it is left to start and nothing starts any more.
  void begin(Census census, std::function<void()> over);
  // One start more may be under way at once. Those of the host's start do not begin together: should one end the
  // process without a mark, what started beside it would be held responsible too. At the next start these are not begun
  // beside each other any more, so that the one at fault is met alone.
  void begin_another();
  // The host's start is over, also for those that still start: they come as a dropped file does, and take back the
  // channels that were theirs. Until then they are listed with the refused. Gives the channels out; returns those that
  // nobody serves although a route names somebody who does not start either.
  std::vector<Registry::Unserved> serve();
  bool starts(const std::string& name) const { return starting_.count(name) > 0; }

  // Brings what runs into line with the census, and waits for no plugin: each start has a thread of its own, and what
  // comes of it is seen to when it is over, if the folder and the operators still want it by then. A candidate that
  // does not start is listed with its reason, and leaves the version that runs as it is. What must wait for a provider
  // that still drains or starts is done after that.
  void follow(Census census);

  std::optional<Waiting> waiting(const std::string& name) const override;
  void try_again(const std::string& name, const std::string& config, Keep keep, Done done) override;
  void retry(const std::string& name) override;

  // The copies from which the running versions were loaded, and those that are being started.
  std::set<std::filesystem::path> copies() const;

  // After the control thread was closed: ends the starts that are under way.
  void end() { starts_.end(); }

 private:
  using Started = BackgroundStarts::Started;
  enum class Made { kDone, kFailed };
  struct Record {
    Running running;
    std::filesystem::path copy;
  };
  struct Starting {
    Candidate candidate;
    bool is_cure = false;  // for an operator: until it has worked, its failure stands
  };
  struct Cure {
    Keep keep;
    Done done;
    std::optional<std::string> kept_before;
  };

  const Failure* failure_of(const Candidate& candidate) const;
  void reconcile();
  void cancel_unwanted();
  bool may_begin(const Step& step) const;
  void list_refused(const std::vector<Refusal>& refusals);
  void list_again();
  void tell_late();
  void no_longer_late(const std::string& name);
  bool is_suspect(const Candidate& candidate) const { return suspects_.contains(candidate.hash); }
  Made make(const Step& step);
  Made begin_start(const Candidate& candidate);
  void finish(const Candidate& candidate, const Due& due, Started started, bool cancelled);
  void finish_cure(const Candidate& candidate, const Due& due, Started started, const Cure& cure);
  Made take(const Candidate& candidate, std::shared_ptr<Guard> guard);
  // What the folder wants under this candidate's name, when that is its bytes still.
  std::optional<Candidate> still_wanted(const Starting& starting) const;
  // What the plan would start under this name; with the failures, or had nothing failed.
  std::optional<Candidate> planned_start(const std::string& name, const std::vector<Failure>& failures) const;
  // The channels are still to be given out.
  base::Status take_in(const Candidate& candidate, std::shared_ptr<Guard> guard);
  void upgrade(const Candidate& candidate, std::shared_ptr<Guard> guard);
  void rename(const Candidate& candidate);
  void remove(const std::string& name);
  void removed(const std::string& name);
  void say_starting(const Candidate& candidate);
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
  std::map<std::string, Starting> starting_;    // what is being started, by name
  bool serving_ = false;                        // the host's start is over
  std::size_t most_starting_ = std::numeric_limits<std::size_t>::max();
  std::function<void()> over_;             // empty once it was called
  std::map<std::string, Candidate> late_;  // that the host's start did not wait for, by name
  std::set<std::string> suspects_;         // the hashes of those in whose start an earlier process ended
  BackgroundStarts starts_;                // last: its threads end before what they tell goes
};

}  // namespace herald::providers
