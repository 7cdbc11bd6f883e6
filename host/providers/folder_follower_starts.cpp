// Starts: those that the folder wants, and those with another configuration of what did not start with its own.
#include <algorithm>
#include <memory>
#include <utility>

#include "providers/folder_follower.h"

namespace herald::providers {

using base::ErrorCode;

FolderFollower::Made FolderFollower::begin_start(const Candidate& candidate) {
  const std::string& name = candidate.descriptor.name;
  const auto due = parts_.launch.due(name);
  if (!due) return failed(candidate, due.error());
  say_starting(candidate);
  starting_.emplace(name, Starting{candidate, false});
  starts_.begin(name,
                [&launch = parts_.launch, candidate, due = *due](const auto& patience) {
                  return launch.start(candidate, due, patience);
                },
                {[this, candidate, due = *due](Started started, bool cancelled) {
                   finish(candidate, due, std::move(started), cancelled);
                 },
                 [] {}});
  return Made::kDone;
}

// What the folder or an operator has changed meanwhile goes before what was started: that is then begun anew.
void FolderFollower::finish(const Candidate& candidate, const Due& due, Started started, bool cancelled) {
  const std::string& name = candidate.descriptor.name;
  starting_.erase(name);
  const auto wanted = still_wanted({candidate, false});
  const auto due_now = parts_.launch.due(name);
  const bool stale = cancelled || !wanted || !due_now || *due_now != due;
  if (started && stale)
    parts_.retirement.replace(std::move(*started));
  else if (started)
    take(*wanted, std::move(*started));
  else if (!stale)
    failed(*wanted, started.error());
  reconcile();
  no_longer_late(name);
}

// A start that hangs does not keep the file waiting that was put in its place.
void FolderFollower::cancel_unwanted() {
  for (const auto& [name, starting] : starting_) {
    if (!still_wanted(starting)) starts_.cancel(name);
  }
}

std::optional<Candidate> FolderFollower::still_wanted(const Starting& starting) const {
  const Candidate& candidate = starting.candidate;
  auto planned = planned_start(candidate.descriptor.name, starting.is_cure ? std::vector<Failure>() : failures_);
  if (planned && (planned->source != candidate.source || planned->hash != candidate.hash)) planned.reset();
  return planned;
}

std::optional<Candidate> FolderFollower::planned_start(const std::string& name,
                                                       const std::vector<Failure>& failures) const {
  if (leaving_.count(name) > 0) return std::nullopt;
  for (Step& step : plan(running(), failures, census_).steps) {
    const bool starts = step.kind == Step::Kind::kStart || step.kind == Step::Kind::kUpgrade;
    if (starts && step.name == name) return std::move(step.candidate);
  }
  return std::nullopt;
}

const Failure* FolderFollower::failure_of(const Candidate& candidate) const {
  const auto found = std::find_if(failures_.begin(), failures_.end(), [&candidate](const Failure& failure) {
    return failure.file == candidate.source && failure.fingerprint == candidate.fingerprint;
  });
  return found == failures_.end() ? nullptr : &*found;
}

std::optional<FailedStarts::Waiting> FolderFollower::waiting(const std::string& name) const {
  const auto candidate = planned_start(name, {});
  if (!candidate) return std::nullopt;
  const bool starts = starting_.count(name) > 0;
  const Failure* const failure = failure_of(*candidate);
  // One that runs is not put at risk by trying a successor that hung, or crashed, again.
  if (!starts && records_.count(name) > 0 && (failure == nullptr || !failure->of_config)) return std::nullopt;
  return Waiting{candidate->descriptor.version, info_of(candidate->descriptor, candidate->source.filename()).file_name,
                 candidate->descriptor.config_schema, starts};
}

// Started, then kept, then taken in: until it is taken in no message reaches it, so that one whose configuration is not
// kept goes without a trace, and a crash in between leaves what is kept as it was, or a configuration that the plugin
// has taken and is started with next.
void FolderFollower::try_again(const std::string& name, const std::string& config, Keep keep, Done done) {
  const auto candidate = planned_start(name, {});
  auto due = parts_.launch.due(name);
  if (!candidate || !due || starting_.count(name) > 0) {
    return done(base::fail(ErrorCode::kUnavailable,
                           due ? "no plugin named \"" + name + "\" waits to be started" : due.error().message));
  }
  const auto cure = std::make_shared<const Cure>(Cure{std::move(keep), std::move(done), due->kept});
  due->kept = config;
  due->exact = true;
  say_starting(*candidate);
  starting_.emplace(name, Starting{*candidate, true});
  starts_.begin(name,
                [&launch = parts_.launch, candidate = *candidate, due = *due](const auto& patience) {
                  return launch.start(candidate, due, patience);
                },
                {[this, candidate = *candidate, due = *due, cure](Started started, bool) {
                   finish_cure(candidate, due, std::move(started), *cure);
                 },
                 [cure] { cure->done(base::fail(ErrorCode::kUnavailable, "the host stops")); }});
}

void FolderFollower::finish_cure(const Candidate& candidate, const Due& due, Started started, const Cure& cure) {
  const std::string& name = candidate.descriptor.name;
  starting_.erase(name);
  const auto wanted = still_wanted({candidate, true});
  const auto due_now = parts_.launch.due(name);
  base::Status result;
  if (!wanted || !due_now || due_now->faults != due.faults || due_now->kept != cure.kept_before) {
    if (started) parts_.retirement.replace(std::move(*started));
    result = base::fail(ErrorCode::kUnavailable,
                        "the plugin folder, the faults or the configuration in force were changed while it started");
  } else if (!started) {
    result = tl::make_unexpected(started.error());
    failed(*wanted, started.error());
  } else if (auto kept = cure.keep(*due.kept); !kept) {
    parts_.retirement.replace(std::move(*started));
    result = kept;
  } else {
    forget_failure(*wanted);
    if (take(*wanted, std::move(*started)) == Made::kFailed)
      result = base::fail(ErrorCode::kUnavailable, "it was started, but could not be taken in");
  }
  // What is refused is another list now, and with it the channels are given out anew.
  reconcile();
  cure.done(std::move(result));
}

void FolderFollower::retry(const std::string& name) {
  const auto candidate = planned_start(name, {});
  if (!candidate || starting_.count(name) > 0) return;
  forget_failure(*candidate);
  reconcile();
}

}  // namespace herald::providers
