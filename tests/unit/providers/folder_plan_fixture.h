// A folder and a host that exist only as what a plan is made from.
#pragma once

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "providers/folder_plan.h"

namespace herald::providers {

// A folder of files that are named by their letter, and a host.
class FolderPlanBench : public testing::Test {
 protected:
  static std::filesystem::path path(const std::string& file) { return "/plugins/" + file; }

  // `bytes` stand for the file's content, and for its hash.
  void put(const std::string& file, const std::string& name, const std::string& version, const std::string& bytes) {
    take_out(file);
    Candidate candidate;
    candidate.source = path(file);
    candidate.copy = "/private/" + bytes;
    candidate.descriptor.name = name;
    candidate.descriptor.version = version;
    candidate.hash = bytes;
    candidate.fingerprint.changed_ns = ++moment_;
    census_.candidates.push_back(candidate);
    sort();
  }

  void put_broken(const std::string& file, const std::string& reason) {
    take_out(file);
    Fingerprint fingerprint;
    fingerprint.changed_ns = ++moment_;
    census_.refused.push_back({path(file), fingerprint, reason, std::nullopt});
    sort();
  }

  void take_out(const std::string& file) {
    const auto is_it = [wanted = path(file)](const std::filesystem::path& seen) { return seen == wanted; };
    auto& good = census_.candidates;
    good.erase(std::remove_if(good.begin(), good.end(), [&](const auto& one) { return is_it(one.source); }),
               good.end());
    auto& bad = census_.refused;
    bad.erase(std::remove_if(bad.begin(), bad.end(), [&](const auto& one) { return is_it(one.file); }), bad.end());
  }

  void move(const std::string& from, const std::string& to) {
    for (auto& candidate : census_.candidates) {
      if (candidate.source != path(from)) continue;
      candidate.source = path(to);
      candidate.fingerprint.changed_ns = ++moment_;
    }
    sort();
  }

  void touch(const std::string& file) { move(file, file); }

  // Does what is planned, round by round; the candidates of `unfit_` do not start. What was done, in order.
  std::vector<std::string> follow() {
    std::vector<std::string> done;
    for (std::size_t rounds = 0; rounds <= census_.candidates.size() + 1; ++rounds) {
      plan_ = plan(running_, failures_, census_);
      if (plan_.steps.empty()) return done;
      for (const auto& step : plan_.steps) {
        done.push_back(text_of(step));
        if (!carry_out(step)) break;
      }
    }
    ADD_FAILURE() << "the plan does not settle";
    return done;
  }

  std::string reason_for(const std::string& file) const {
    for (const auto& refusal : plan_.refusals) {
      if (refusal.file == path(file)) return refusal.reason;
    }
    return "(not refused)";
  }

  // Its file holds its bytes, or is refused.
  bool is_backed(const Running& running) const {
    const auto holds_it = [&running](const Candidate& one) {
      return one.source == running.file && one.hash == running.hash;
    };
    const auto& good = census_.candidates;
    return std::any_of(good.begin(), good.end(), holds_it) ||
           reason_for(running.file.filename().string()) != "(not refused)";
  }

  std::vector<std::string> refused() const {
    std::vector<std::string> out;
    for (const auto& refusal : plan_.refusals)
      out.push_back(refusal.file.filename().string());
    return out;
  }

  std::set<std::string> unfit_;  // bytes
  std::vector<Running> running_;
  std::vector<Failure> failures_;
  Census census_;
  Plan plan_;

 private:
  void sort() {
    std::sort(census_.candidates.begin(), census_.candidates.end(),
              [](const auto& left, const auto& right) { return left.source < right.source; });
    std::sort(census_.refused.begin(), census_.refused.end(),
              [](const auto& left, const auto& right) { return left.file < right.file; });
  }

  static std::string text_of(const Step& step) {
    const std::string to = step.name + " " + step.candidate.source.filename().string();
    switch (step.kind) {
      case Step::Kind::kRename:
        return "rename " + to;
      case Step::Kind::kUpgrade:
        return "upgrade " + to;
      case Step::Kind::kStart:
        return "start " + to;
      case Step::Kind::kRemove:
        return "remove " + step.name;
    }
    return "?";
  }

  bool carry_out(const Step& step) {
    const auto& candidate = step.candidate;
    const auto place =
        std::find_if(running_.begin(), running_.end(), [&step](const Running& one) { return one.name == step.name; });
    if (step.kind == Step::Kind::kRemove) {
      running_.erase(place);
      return true;
    }
    if (step.kind != Step::Kind::kRename && unfit_.count(candidate.hash) != 0) {
      failures_.push_back({candidate.source, candidate.fingerprint, "it does not start"});
      return false;
    }
    Running now{step.name, candidate.descriptor.version, candidate.source, candidate.hash};
    if (step.kind == Step::Kind::kStart)
      running_.push_back(now);
    else
      *place = now;
    return true;
  }

  std::int64_t moment_ = 0;
};

}  // namespace herald::providers
