#include "providers/folder_follower.h"

#include <algorithm>
#include <utility>

#include "providers/descriptor.h"
#include "providers/plugin_folder.h"
#include "providers/start_records.h"

namespace herald::providers {
namespace {

std::string joined(const std::vector<domain::Channel>& channels) {
  std::string text;
  for (const auto channel : channels)
    text += (text.empty() ? "" : ",") + std::string(domain::to_string(channel));
  return text;
}

domain::ProviderInfo listed(const Candidate& candidate) {
  return info_of(candidate.descriptor, candidate.source.filename().string());
}

}  // namespace

void FolderFollower::begin(Census census, std::function<void()> over) {
  census_ = std::move(census);
  over_ = std::move(over);
  if (parts_.surroundings.starts != nullptr) suspects_ = parts_.surroundings.starts->unfinished();
  most_starting_ = 1;
  reconcile();
}

void FolderFollower::begin_another() {
  ++most_starting_;
  reconcile();
}

std::vector<Registry::Unserved> FolderFollower::serve() {
  most_starting_ = std::numeric_limits<std::size_t>::max();
  reconcile();
  tell_late();
  serving_ = true;
  auto unserved = parts_.administration.enablement().settle();
  std::erase_if(unserved, [this](const Registry::Unserved& channel) { return late_.contains(channel.wanted); });
  return unserved;
}

void FolderFollower::follow(Census census) {
  census_ = std::move(census);
  failures_ = still_true(std::move(failures_), census_);
  reconcile();
}

void FolderFollower::reconcile() {
  for (bool again = true; again;) {
    again = false;
    const Plan next = plan(running(), failures_, census_);
    list_refused(next.refusals);
    cancel_unwanted();
    for (const Step& step : next.steps) {
      if (leaving_.count(step.name) > 0) continue;   // when it has gone
      if (starting_.count(step.name) > 0) continue;  // when that is over
      if (!may_begin(step) || make(step) == Made::kDone) continue;
      again = true;
      break;
    }
  }
  if (!starting_.empty() || !over_) return;
  std::exchange(over_, nullptr)();
}

bool FolderFollower::may_begin(const Step& step) const {
  if (step.kind != Step::Kind::kStart && step.kind != Step::Kind::kUpgrade) return true;
  if (starting_.size() >= most_starting_) return false;
  return !is_suspect(step.candidate) || std::none_of(starting_.begin(), starting_.end(), [this](const auto& other) {
    return is_suspect(other.second.candidate);
  });
}

void FolderFollower::list_refused(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : news(refusals_, refusals)) {
    const auto info = info_of(refusal);
    const auto level = refusal.is_superseded ? observe::LogLevel::kInfo : observe::LogLevel::kError;
    parts_.surroundings.log.write(level, refusal.is_superseded ? "provider.superseded" : "provider.refused",
                                  {{"provider_name", info.name}, {"file", info.file_name}, {"reason", info.reason}});
  }
  if (refusals == refusals_) return;
  refusals_ = refusals;
  list_again();
}

void FolderFollower::list_again() {
  std::vector<domain::ProviderInfo> infos;
  infos.reserve(refusals_.size() + late_.size());
  for (const Refusal& refusal : refusals_)
    infos.push_back(info_of(refusal));
  for (const auto& [name, candidate] : late_) {
    infos.push_back(listed(candidate));
    infos.back().reason =
        "it is still being started: its create, configure or start has not come back; the host serves without it, and "
        "takes it in when it has started, or gives it up at its time";
  }
  parts_.registry.set_refused(std::move(infos));
  rearrange();
}

void FolderFollower::tell_late() {
  std::set<std::string> names;
  for (const auto& [name, starting] : starting_) {
    late_.emplace(name, starting.candidate);
    names.insert(name);
    parts_.surroundings.log.warn("provider.late",
                                 {{"provider_name", name},
                                  {"file", starting.candidate.source.filename().string()},
                                  {"effect", "the host serves without it, and takes it in when it has started"}});
  }
  if (names.empty()) return;
  parts_.registry.await(std::move(names));
  list_again();
}

// It runs now, or will not: the channels that were its own are given out for good.
void FolderFollower::no_longer_late(const std::string& name) {
  const auto late = late_.find(name);
  if (late == late_.end()) return;
  if (const auto again = starting_.find(name); again != starting_.end()) {
    late->second = again->second.candidate;  // another file, in the place of that one
  } else {
    late_.erase(late);
    parts_.registry.await_no_more(name);
  }
  list_again();
}

FolderFollower::Made FolderFollower::make(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kRename:
      rename(step.candidate);
      return Made::kDone;
    case Step::Kind::kUpgrade:
    case Step::Kind::kStart:
      return begin_start(step.candidate);
    case Step::Kind::kRemove:
      remove(step.name);
      return Made::kDone;
  }
  return Made::kDone;
}

FolderFollower::Made FolderFollower::take(const Candidate& candidate, std::shared_ptr<Guard> guard) {
  if (records_.count(candidate.descriptor.name) > 0) {
    upgrade(candidate, std::move(guard));
  } else if (auto taken = take_in(candidate, std::move(guard)); !taken) {
    return failed(candidate, taken.error());
  } else {
    rearrange();
  }
  return Made::kDone;
}

base::Status FolderFollower::take_in(const Candidate& candidate, std::shared_ptr<Guard> guard) {
  auto info = listed(candidate);
  if (auto added = parts_.registry.add(info); !added) {
    parts_.retirement.replace(std::move(guard));
    return added;
  }
  auto& administration = parts_.administration;
  administration.enablement().admit(info.name);
  const auto slot = std::make_shared<ProviderSlot>(guard);
  if (auto attached = parts_.outlets.lanes.attach(*slot); !attached) {
    parts_.registry.remove(info.name);
    slot->replace(nullptr);
    parts_.retirement.replace(std::move(guard));
    return attached;
  }
  parts_.roster.add(slot);
  administration.fault_board().take(guard);
  record(candidate);
  parts_.surroundings.log.info("provider.started", {{"provider_name", info.name},
                                                    {"version", info.version},
                                                    {"channels", joined(info.channels)},
                                                    {"abi", info.abi_version},
                                                    {"sdk", info.sdk_version},
                                                    {"file", info.file_name}});
  return {};
}

void FolderFollower::upgrade(const Candidate& candidate, std::shared_ptr<Guard> guard) {
  auto info = listed(candidate);
  const auto slot = parts_.roster.find(info.name);
  const std::string from = records_.at(info.name).running.version;
  parts_.administration.fault_board().take(guard);
  auto former = slot->replace(std::move(guard));
  parts_.registry.replace(info);
  record(candidate);
  parts_.surroundings.log.info("provider.upgraded", {{"provider_name", info.name},
                                                     {"version", info.version},
                                                     {"from", from},
                                                     {"channels", joined(info.channels)},
                                                     {"file", info.file_name}});
  rearrange();
  parts_.retirement.replace(std::move(former));
}

void FolderFollower::rename(const Candidate& candidate) {
  auto info = listed(candidate);
  parts_.surroundings.log.info("provider.renamed", {{"provider_name", info.name},
                                                    {"file", info.file_name},
                                                    {"from", records_.at(info.name).running.file.filename().string()}});
  parts_.registry.replace(std::move(info));
  record(candidate);
  rearrange();
}

void FolderFollower::remove(const std::string& name) {
  const auto slot = parts_.roster.find(name);
  const auto& was = records_.at(name).running;
  parts_.surroundings.log.info(
      "provider.leaving", {{"provider_name", name}, {"version", was.version}, {"file", was.file.filename().string()}});
  leaving_.emplace(name, was.version);
  records_.erase(name);
  parts_.registry.leave(name);
  parts_.administration.fault_board().drop(name);
  rearrange();
  parts_.outlets.lanes.begin_detach(name);
  parts_.retirement.remove(slot, parts_.outlets.lanes, [this, name] {
    auto& control = parts_.administration.control();
    // Nobody is left to hear it once the host stops.
    return control.patience()->ended() || control.post_own({[this, name] { removed(name); }, [] {}});
  });
}

// It has gone: what had to wait for that is done now.
void FolderFollower::removed(const std::string& name) {
  parts_.roster.remove(name);
  parts_.registry.remove(name);
  rearrange();
  parts_.surroundings.log.info("provider.removed", {{"provider_name", name}, {"version", leaving_.at(name)}});
  leaving_.erase(name);
  reconcile();
}

FolderFollower::Made FolderFollower::failed(const Candidate& candidate, const base::Error& error) {
  if (parts_.administration.control().patience()->ended()) return Made::kFailed;
  forget_failure(candidate);
  failures_.push_back({candidate.source, candidate.fingerprint, Launch::reason_of(candidate.descriptor.name, error),
                       error.code == base::ErrorCode::kInvalid, error.code == base::ErrorCode::kExhausted});
  return Made::kFailed;
}

void FolderFollower::forget_failure(const Candidate& candidate) {
  const auto is_it = [&candidate](const Failure& failure) { return failure.file == candidate.source; };
  failures_.erase(std::remove_if(failures_.begin(), failures_.end(), is_it), failures_.end());
}

void FolderFollower::say_starting(const Candidate& candidate) {
  const auto info = listed(candidate);
  parts_.surroundings.log.info("provider.starting",
                               {{"provider_name", info.name}, {"version", info.version}, {"file", info.file_name}});
}

void FolderFollower::record(const Candidate& candidate) {
  const std::string& name = candidate.descriptor.name;
  records_[name] = {{name, candidate.descriptor.version, candidate.source, candidate.hash}, candidate.copy};
}

// At the start the channels are given out once, when all are known.
void FolderFollower::rearrange() {
  if (serving_) parts_.administration.enablement().rearrange();
}

std::vector<Running> FolderFollower::running() const {
  std::vector<Running> found;
  for (const auto& [name, entry] : records_)
    found.push_back(entry.running);
  return found;
}

std::set<std::filesystem::path> FolderFollower::copies() const {
  std::set<std::filesystem::path> found;
  for (const auto& [name, entry] : records_)
    found.insert(entry.copy);
  for (const auto& [name, starting] : starting_)
    found.insert(starting.candidate.copy);
  return found;
}

}  // namespace herald::providers
