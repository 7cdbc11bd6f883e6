// `herald plugin check` finds the fault of every plugin in this folder by the test that is named for it, and by no
// other.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/host_process.h"
#include "support/temp_dir.h"

namespace herald::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::IsEmpty;

// Of one run of the kit, under a sanitizer and beside other tests.
constexpr std::chrono::seconds kPatience{240};

struct Fault {
  const char* plugin;  // without .so
  const char* named;   // the test for its fault
  // Tests that cannot but fail with it: whole ids, or groups that end with a dot.
  std::vector<std::string> with_it = {};
  std::vector<std::string> only = {};  // tests to run, where all would wait for the plugin in vain; empty: all
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.plugin << " by " << fault.named;
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> kFaults{
      // The file.
      {"executable_stack", "elf.stack"},
      {"exports_more", "elf.exports"},
      {"unresolved_symbol", "elf.loads"},
      // The handshake.
      {"answers_unknown_ids", "handshake.unknown-extensions"},
      {"changes_its_mind", "handshake.repeatable"},
      {"writes_beyond_its_struct", "handshake.older-host"},
      // The life of an instance.
      {"hangs_in_create", "life.thousand-instances"},
      {"leaks_a_descriptor", "life.no-descriptor-left"},
      {"leaks_a_thread", "life.no-thread-left"},
      // The configuration. What is cut off is no JSON either.
      {"takes_any_config", "config.not-json", {"config.truncated"}},
      {"crashes_on_large_config", "config.large"},
      {"loses_its_config", "config.refusal-before-start"},
      // Completions. Every test that sends a message to see that a plugin works waits for its completion; their groups
      // hold nothing more to see, so that one test of each is enough.
      {"never_completes",
       "dispatch.one",
       {"life.whole", "config.while-running"},
       {"dispatch.*", "life.whole", "config.while-running", "inbound.*"}},
      {"completes_the_first", "dispatch.batch"},
      {"completes_twice", "dispatch.once"},
      {"completes_unknown", "dispatch.own-items"},
      {"loses_the_context", "dispatch.context"},
      {"crosses_instances", "dispatch.instances"},
      {"completes_what_it_refused", "dispatch.refused"},
      {"refuses_retries", "dispatch.retry"},
      {"blocks_in_submit", "dispatch.no-block", {"dispatch.drain-deadline"}},
      // Outcomes.
      {"unknown_outcome", "dispatch.outcome-code"},
      {"sizeless_outcome", "dispatch.outcome-form"},
      {"latin1_outcome", "dispatch.outcome-texts"},
      // What is lent.
      {"reads_after_completion", "dispatch.memory"},
      {"reads_terminated", "dispatch.bounds"},
      {"writes_to_messages", "dispatch.read-only"},
      {"ignores_the_stride", "dispatch.stride"},
      {"insists_on_its_size", "dispatch.newer-host"},
      // What messages say.
      {"completes_an_empty_batch", "dispatch.empty-batch"},
      {"exits_in_submit", "dispatch.empty-texts"},
      {"drops_what_is_late", "dispatch.expired"},
      // The end.
      {"drains_too_early", "dispatch.drain"},
      {"ignores_drain_deadline", "dispatch.drain-deadline"},
      {"completes_after_stop", "dispatch.stop"},
      {"takes_any_share", "dispatch.faults-range"},
      // What carriers bring.
      {"crashes_on_rubbish", "webhook.rubbish"},
      {"throws_in_webhook", "webhook.percent"},
      {"responds_with_99", "webhook.response"},
      {"keeps_the_request", "webhook.memory"},
      {"reads_past_the_request", "webhook.bounds"},
      {"keeps_the_exchange", "webhook.exchange"},
      {"crashes_when_refused", "inbound.early"},
      {"emits_after_stop", "inbound.stop"},
  };
  return kFaults;
}

class ConformanceKit : public testing::Test {
 protected:
  // Runs the kit on the plugin: the report, with its exit status as "exit".
  json check(const std::string& plugin, const std::vector<std::string>& only = {}) {
    const auto file = std::string(BROKEN_PLUGIN_DIR) + "/" + plugin + ".so";
    const auto report = (scratch_ / "report.json").string();
    std::vector<std::string> arguments{"plugin", "check", file, "--json", report, "--seed", "7", "--jobs", "4"};
    for (const auto& pattern : only) {
      arguments.emplace_back("--only");
      arguments.push_back(pattern);
    }
    const auto finished = run_herald(arguments, {}, scratch_.path(), kPatience);
    std::ifstream stream(report);
    json read = json::parse(stream, nullptr, false);
    if (!read.is_object()) ADD_FAILURE() << "no report; it printed: " << finished.err << finished.out;
    read["exit"] = finished.exit.code;
    return read;
  }

  static std::vector<std::string> of_result(const json& report, const std::string& result) {
    std::vector<std::string> ids;
    for (const auto& test : report.at("tests")) {
      if (test.at("result") == result) ids.push_back(test.at("id"));
    }
    return ids;
  }

 private:
  TempDir scratch_;
};

class BrokenPlugin : public ConformanceKit, public testing::WithParamInterface<Fault> {};

bool is_among(const std::string& id, const std::vector<std::string>& expected) {
  return std::find(expected.begin(), expected.end(), id) != expected.end();
}

TEST_P(BrokenPlugin, IsCaughtByTheTestThatIsNamedForItsFault) {
  const Fault& fault = GetParam();
  const json report = check(fault.plugin, fault.only);
  ASSERT_TRUE(report.contains("tests"));
  EXPECT_EQ(report.at("exit"), 1);
  const auto failed = of_result(report, "failed");
  EXPECT_THAT(failed, Contains(fault.named));
  std::vector<std::string> unforeseen;
  for (const auto& id : failed) {
    if (id != fault.named && !is_among(id, fault.with_it)) unforeseen.push_back(id);
  }
  EXPECT_THAT(unforeseen, IsEmpty()) << report.dump(2);
}

std::string name_of(const testing::TestParamInfo<Fault>& fault) {
  return fault.param.plugin;
}

INSTANTIATE_TEST_SUITE_P(OfThisFolder, BrokenPlugin, testing::ValuesIn(faults()), name_of);

TEST_F(ConformanceKit, PassesAPluginWithoutFault) {
  const json report = check("well_behaved_control");
  ASSERT_TRUE(report.contains("tests"));
  EXPECT_EQ(report.at("exit"), 0);
  EXPECT_THAT(of_result(report, "failed"), IsEmpty()) << report.dump(2);
  EXPECT_THAT(of_result(report, "blocked"), IsEmpty()) << report.dump(2);
  EXPECT_GE(of_result(report, "passed").size(), 100U);
}

TEST_F(ConformanceKit, TriesAPluginWithoutFaultByTheTestOfEachFault) {
  const json report = check("well_behaved_control");
  ASSERT_TRUE(report.contains("tests"));
  const auto passed = of_result(report, "passed");
  for (const Fault& fault : faults()) {
    // Its C has no faults to set, and no settings to take.
    if (std::string(fault.named).rfind("dispatch.faults-", 0) == 0) continue;
    EXPECT_THAT(passed, Contains(fault.named)) << fault.plugin;
  }
}

}  // namespace
}  // namespace herald::test
