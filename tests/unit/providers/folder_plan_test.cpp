#include "providers/folder_plan.h"

#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A folder of files that are named by their letter, and a host.
class FolderPlan : public testing::Test {
 protected:
  static fs::path path(const std::string& file) { return "/plugins/" + file; }

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
    const auto is_it = [wanted = path(file)](const fs::path& seen) { return seen == wanted; };
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

TEST_F(FolderPlan, StartsWhatIsThereInTheOrderOfFiles) {
  put("b.so", "email", "1.0.0", "E1");
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so", "start email b.so"));
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(plan_.refusals, IsEmpty());
}

TEST_F(FolderPlan, StartsTheHighestVersionOfAName) {
  put("a.so", "sms", "1.9.0", "S1.9");
  put("b.so", "sms", "1.10.0", "S1.10");
  EXPECT_THAT(follow(), ElementsAre("start sms b.so"));
  EXPECT_THAT(reason_for("a.so"), HasSubstr("its name \"sms\" is taken by b.so, whose version 1.10.0 is higher than "
                                            "1.9.0; take b.so out of the plugin folder to have this one"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, StartsTheFirstFileOfEqualVersions) {
  put("b.so", "sms", "1.0.0+b", "SB");
  put("a.so", "sms", "1.0.0+a", "SA");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so"));
  EXPECT_THAT(reason_for("b.so"), HasSubstr("its name \"sms\" is taken by a.so, whose version 1.0.0+a is no lower"));
}

TEST_F(FolderPlan, SaysThatTwoFilesAreOne) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "1.0.0", "S1");
  follow();
  EXPECT_THAT(reason_for("b.so"), HasSubstr("is taken by a.so, which holds the same bytes"));
}

TEST_F(FolderPlan, KeepsTheRunningOneOfEqualVersions) {
  put("b.so", "sms", "1.0.0", "SB");
  follow();
  put("a.so", "sms", "1.0.0", "SA");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, UpgradesToAHigherVersionInAnotherFile) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("b.so", "sms", "2.0.0", "S2");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, LeavesALowerVersionAside) {
  put("a.so", "sms", "2.0.0", "S2");
  follow();
  put("b.so", "sms", "2.0.0-rc.1", "S2rc");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(refused(), ElementsAre("b.so"));
}

TEST_F(FolderPlan, FollowsAnOperatorsRollback) {
  put("a.so", "sms", "2.0.0", "S2");
  follow();
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_EQ(running_.at(0).version, "1.0.0");
}

TEST_F(FolderPlan, UpgradesToANewBuildOfTheSameVersion) {
  put("a.so", "sms", "1.0.0", "S1");
  put("backup.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_THAT(refused(), ElementsAre("backup.so"));
}

TEST_F(FolderPlan, LetsAHigherVersionGoBeforeARollbackAndSaysSo) {
  put("a.so", "sms", "2.0.0", "S2");
  put("backup.so", "sms", "2.0.0", "S2");
  follow();
  put("a.so", "sms", "1.0.0", "S1");
  EXPECT_THAT(follow(), ElementsAre("rename sms backup.so"));
  EXPECT_THAT(reason_for("a.so"), HasSubstr("take backup.so out of the plugin folder to have this one"));
  take_out("backup.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
}

TEST_F(FolderPlan, DoesNotRestartWhatIsRenamed) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  move("a.so", "z.so");
  EXPECT_THAT(follow(), ElementsAre("rename sms z.so"));
  EXPECT_EQ(running_.at(0).file, path("z.so"));
}

TEST_F(FolderPlan, DoesNotRestartWhatIsTouched) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  touch("a.so");
  EXPECT_THAT(follow(), IsEmpty());
}

TEST_F(FolderPlan, FollowsTwoFilesThatChangePlaces) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  follow();
  move("a.so", "c.so");
  move("b.so", "a.so");
  move("c.so", "b.so");
  EXPECT_THAT(follow(), ElementsAre("rename email a.so", "rename sms b.so"));
}

TEST_F(FolderPlan, PrefersTheRunningBytesWhenTheirFileIsGone) {
  put("m.so", "sms", "1.0.0", "S1");
  follow();
  move("m.so", "z.so");
  put("a.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), ElementsAre("rename sms z.so"));
}

TEST_F(FolderPlan, RemovesWhatIsGone) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  follow();
  take_out("a.so");
  take_out("b.so");
  EXPECT_THAT(follow(), ElementsAre("remove email", "remove sms"));
}

TEST_F(FolderPlan, TakesTheNextBestWhenTheBestIsGone) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  put("c.so", "sms", "3.0.0", "S3");
  follow();
  take_out("c.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("a.so"));
}

TEST_F(FolderPlan, RemovesLast) {
  put("b.so", "sms", "1.0.0", "S1");
  put("c.so", "email", "1.0.0", "E1");
  put("d.so", "mms", "1.0.0", "M1");
  follow();
  take_out("b.so");
  put("z.so", "sms-new", "1.0.0", "S2");
  put("c.so", "email", "2.0.0", "E2");
  move("d.so", "a.so");
  EXPECT_THAT(follow(), ElementsAre("rename mms a.so", "upgrade email c.so", "start sms-new z.so", "remove sms"));
}

TEST_F(FolderPlan, ReplacesAProviderByOneOfAnotherNameInTheSameFile) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "other", "1.0.0", "O1");
  EXPECT_THAT(follow(), ElementsAre("start other a.so", "remove sms"));
}

TEST_F(FolderPlan, KeepsTheOldOneWhenItsFileIsOverwrittenByABrokenOne) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_EQ(reason_for("a.so"), "the file is truncated");
}

TEST_F(FolderPlan, KeepsTheOldOneBesideALowerOrEqualVersionWhenItsFileIsBroken) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  put("b.so", "sms", "1.0.0", "S1b");
  EXPECT_THAT(follow(), IsEmpty());
  EXPECT_THAT(reason_for("b.so"), HasSubstr("is taken by a.so, of which version 1.0.0 runs on although the file is "
                                            "refused now; mend a.so"));
  take_out("a.so");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
}

TEST_F(FolderPlan, UpgradesToAHigherVersionWhenItsFileIsBroken) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put_broken("a.so", "the file is truncated");
  put("b.so", "sms", "1.0.1", "S1.0.1");
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
}

TEST_F(FolderPlan, StartsTheNextBestWhenTheBestFails) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("start sms b.so", "start sms a.so"));
  EXPECT_EQ(reason_for("b.so"), "it does not start");
  EXPECT_THAT(refused(), ElementsAre("b.so"));
}

TEST_F(FolderPlan, KeepsTheOldOneWhenAnUpgradeFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("b.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("upgrade sms b.so"));
  EXPECT_THAT(refused(), ElementsAre("b.so"));
  EXPECT_EQ(running_.at(0).hash, "S1");
}

TEST_F(FolderPlan, KeepsTheOldOneWhenTheUpgradeInItsOwnFileFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "sms", "2.0.0", "S2");
  unfit_ = {"S2"};
  EXPECT_THAT(follow(), ElementsAre("upgrade sms a.so"));
  EXPECT_EQ(reason_for("a.so"), "it does not start");
  EXPECT_EQ(running_.at(0).hash, "S1");
}

TEST_F(FolderPlan, KeepsTheOldOneWhenAnotherProviderInItsFileFails) {
  put("a.so", "sms", "1.0.0", "S1");
  follow();
  put("a.so", "other", "1.0.0", "O1");
  unfit_ = {"O1"};
  EXPECT_THAT(follow(), ElementsAre("start other a.so"));
  EXPECT_EQ(running_.at(0).name, "sms");
}

TEST_F(FolderPlan, TriesWhatFailedAgainOnlyWhenItsFileHasChanged) {
  put("a.so", "sms", "1.0.0", "S1");
  unfit_ = {"S1"};
  follow();
  unfit_.clear();
  EXPECT_THAT(follow(), IsEmpty());
  touch("a.so");
  EXPECT_THAT(follow(), ElementsAre("start sms a.so"));
}

TEST_F(FolderPlan, ForgetsAFailureThatNoFileBearsOut) {
  put("a.so", "sms", "1.0.0", "S1");
  put("b.so", "email", "1.0.0", "E1");
  put("c.so", "mms", "1.0.0", "M1");
  unfit_ = {"S1", "E1", "M1"};
  follow();
  ASSERT_THAT(failures_, SizeIs(3));
  touch("a.so");
  take_out("b.so");
  const auto left = still_true(failures_, census_);
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left.at(0).file, path("c.so"));
}

TEST_F(FolderPlan, ListsEveryRefusalInTheOrderOfFiles) {
  put("d.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "2.0.0", "S2");
  put("a.so", "email", "1.0.0", "E1");
  put_broken("c.so", "this is no ELF file");
  unfit_ = {"E1"};
  follow();
  EXPECT_THAT(refused(), ElementsAre("a.so", "c.so", "d.so"));
}

TEST_F(FolderPlan, ShowsAFilesNameAsText) {
  put("a\xff.so", "sms", "1.0.0", "S1");
  put("b.so", "sms", "1.0.0", "S2");
  follow();
  EXPECT_THAT(reason_for("b.so"), HasSubstr("is taken by a\xef\xbf\xbd.so"));
}

// Whatever happened before: one file of the highest version that starts serves each name, and nothing else runs but
// what its own broken file keeps.
TEST_F(FolderPlan, SettlesWhateverTheFolderHolds) {
  std::mt19937 random(20);
  const auto pick = [&random](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> files{"a.so", "b.so", "c.so", "d.so", "e.so"};
  for (int turn = 0; turn < 3000; ++turn) {
    const auto file = pick(files);
    const auto bytes = "bytes " + std::to_string(random() % 12);
    switch (random() % 6) {
      case 0:
        take_out(file);
        break;
      case 1:
        put_broken(file, "broken");
        break;
      case 2:
        unfit_ = {bytes};
        break;
      case 3:
        touch(file);
        break;
      default: {  // the bytes decide on the name and the version
        const auto number = std::stoul(bytes.substr(6));
        put(file, number % 2 == 0 ? "sms" : "email", std::to_string(number / 4) + ".0.0", bytes);
      }
    }
    follow();
    std::set<std::string> names;
    for (const auto& running : running_) {
      EXPECT_TRUE(names.insert(running.name).second) << running.name << " runs twice";
      EXPECT_TRUE(is_backed(running)) << running.name << " runs without a file, turn " << turn;
    }
    for (const auto& candidate : census_.candidates) {
      const auto serves = [&candidate](const Running& one) {
        return one.name == candidate.descriptor.name && one.version >= candidate.descriptor.version;
      };
      const bool failed = reason_for(candidate.source.filename().string()) == "it does not start";
      EXPECT_TRUE(failed || std::any_of(running_.begin(), running_.end(), serves)) << "turn " << turn;
    }
  }
}

}  // namespace
}  // namespace herald::providers
