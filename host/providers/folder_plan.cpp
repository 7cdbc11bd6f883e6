#include "providers/folder_plan.h"

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "providers/plain_text.h"
#include "providers/version.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

// What competes for a provider's name: a candidate, or what runs although its own file is refused.
struct Contender {
  const Candidate* candidate = nullptr;  // none: it runs on
  fs::path file;
  std::string version;
  std::string hash;
  bool is_running_file = false;
  bool is_running_bytes = false;
};

// What the folder and the host hold of one provider's name.
struct Contest {
  const Running* running = nullptr;
  std::vector<const Candidate*> candidates;
};

bool goes_before(const Contender& left, const Contender& right) {
  if (const auto order = compare_versions(left.version, right.version); std::is_neq(order)) return std::is_gt(order);
  return std::make_tuple(!left.is_running_file, !left.is_running_bytes, left.file) <
         std::make_tuple(!right.is_running_file, !right.is_running_bytes, right.file);
}

// In the order in which they would serve.
std::vector<Contender> ranked(const Contest& contest, const std::set<fs::path>& broken) {
  const Running* const running = contest.running;
  std::vector<Contender> out;
  for (const Candidate* candidate : contest.candidates) {
    Contender contender{candidate, candidate->source, candidate->descriptor.version, candidate->hash, false, false};
    contender.is_running_file = running != nullptr && running->file == candidate->source;
    contender.is_running_bytes = running != nullptr && running->hash == candidate->hash;
    out.push_back(std::move(contender));
  }
  if (running != nullptr && broken.count(running->file) != 0)
    out.push_back({nullptr, running->file, running->version, running->hash, true, true});
  std::sort(out.begin(), out.end(), goes_before);
  return out;
}

std::string shown(const fs::path& file) {
  return refused_file(file, {}).file_name;
}

// Nothing is wrong with it, but that there is a better one.
bool is_superseded(const Candidate& loser, const Contender& winner) {
  return winner.candidate != nullptr &&
         (winner.hash == loser.hash || std::is_gt(compare_versions(winner.version, loser.descriptor.version)));
}

std::string why_not(const Candidate& loser, const Contender& winner) {
  const std::string file = shown(winner.file);
  if (is_superseded(loser, winner)) {
    return "superseded by " + file +
           (winner.hash == loser.hash
                ? ", which holds the same bytes; take one of the two files out of the plugin folder"
                : ", whose version " + winner.version + " is higher than " + loser.descriptor.version + "; take " +
                      file + " out of the plugin folder to have this one, or take this one out");
  }
  const std::string taken = "its name \"" + loser.descriptor.name + "\" is taken by " + file;
  if (winner.candidate == nullptr) {
    return taken + ", of which version " + winner.version + " runs on although the file is refused now; mend " + file +
           ", or take it out of the plugin folder to have this one";
  }
  return taken + ", whose version " + winner.version +
         " is no lower; take one of the two files out of the plugin folder, or give one another name or a higher "
         "version";
}

// What brings the host to `winner`; nothing when it runs.
std::vector<Step> steps_to(const Running* running, const Contender& winner) {
  if (winner.candidate == nullptr) return {};
  const std::string& name = winner.candidate->descriptor.name;
  if (running == nullptr) return {{Step::Kind::kStart, name, *winner.candidate}};
  if (!winner.is_running_bytes) return {{Step::Kind::kUpgrade, name, *winner.candidate}};
  if (!winner.is_running_file) return {{Step::Kind::kRename, name, *winner.candidate}};
  return {};
}

const Failure* failure_of(const Candidate& candidate, const std::vector<Failure>& failures) {
  const auto found = std::find_if(failures.begin(), failures.end(), [&candidate](const Failure& failure) {
    return failure.file == candidate.source && failure.fingerprint == candidate.fingerprint;
  });
  return found == failures.end() ? nullptr : &*found;
}

Refusal refusal_of(const Candidate& candidate, std::string reason, bool is_superseded = false) {
  return {candidate.source, candidate.fingerprint, std::move(reason), candidate.descriptor, is_superseded};
}

void put_in_order(Plan& plan) {
  std::sort(plan.steps.begin(), plan.steps.end(), [](const Step& left, const Step& right) {
    return std::tie(left.kind, left.candidate.source, left.name) <
           std::tie(right.kind, right.candidate.source, right.name);
  });
  std::sort(plan.refusals.begin(), plan.refusals.end(),
            [](const Refusal& left, const Refusal& right) { return left.file < right.file; });
}

}  // namespace

Plan plan(const std::vector<Running>& running, const std::vector<Failure>& failures, const Census& census) {
  Plan out;
  out.refusals = census.refused;
  std::map<std::string, Contest> contests;
  for (const auto& provider : running)
    contests[provider.name].running = &provider;
  for (const auto& candidate : census.candidates) {
    if (const auto* const failure = failure_of(candidate, failures))
      out.refusals.push_back(refusal_of(candidate, failure->reason));
    else
      contests[candidate.descriptor.name].candidates.push_back(&candidate);
  }
  std::set<fs::path> broken;
  for (const auto& refusal : out.refusals)
    broken.insert(refusal.file);

  for (const auto& [name, contest] : contests) {
    const auto order = ranked(contest, broken);
    if (order.empty()) {
      out.steps.push_back({Step::Kind::kRemove, name, {}});
      continue;
    }
    for (auto& step : steps_to(contest.running, order.front()))
      out.steps.push_back(std::move(step));
    for (const auto& other : order) {
      if (other.candidate != nullptr && &other != &order.front())
        out.refusals.push_back(refusal_of(*other.candidate, why_not(*other.candidate, order.front()),
                                          is_superseded(*other.candidate, order.front())));
    }
  }
  put_in_order(out);
  return out;
}

std::vector<Failure> still_true(std::vector<Failure> failures, const Census& census) {
  const auto is_over = [&census](const Failure& failure) {
    return failure.passing ||
           std::none_of(census.candidates.begin(), census.candidates.end(), [&failure](const Candidate& candidate) {
             return failure.file == candidate.source && failure.fingerprint == candidate.fingerprint;
           });
  };
  failures.erase(std::remove_if(failures.begin(), failures.end(), is_over), failures.end());
  return failures;
}

}  // namespace herald::providers
