// A plugin that crashes, hangs, ends its process or closes what is not its own fails a test; the kit goes on.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/check/kit.h"

namespace herald::tools::check {
namespace {

using testing::HasSubstr;

struct Fault {
  const char* plugin;
  const char* test;   // that fails
  const char* found;  // a part of what it says
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.plugin;
}

std::string plugin_of(const testing::TestParamInfo<Fault>& info) {
  return info.param.plugin;
}

class HostilePlugin : public testing::TestWithParam<Fault> {};

TEST_P(HostilePlugin, FailsTheTestThatMeetsIt) {
  const Fault& fault = GetParam();
  const bool hangs = std::string_view(fault.found).find("no end") != std::string_view::npos;
  const auto report = report_of(
      {"--timeout", hangs ? "3" : "60", "--only", fault.test, "--only", "elf.machine", abi_plugin(fault.plugin)});
  EXPECT_EQ(result_of(report, fault.test).at("result"), "failed") << report.dump(2);
  EXPECT_THAT(result_of(report, fault.test).at("found").get<std::string>(), HasSubstr(fault.found));
  EXPECT_EQ(result_of(report, "elf.machine").at("result"), "passed");
}

INSTANTIATE_TEST_SUITE_P(Each, HostilePlugin,
                         testing::Values(Fault{"crash_on_load", "elf.loads", "died of SIGABRT"},
                                         Fault{"unresolved", "elf.loads", "undefined symbol"},
                                         Fault{"no_symbol", "elf.exports", "exports no function herald_plugin_entry"},
                                         Fault{"crash_in_entry", "handshake.accepted", "died of SIGABRT"},
                                         Fault{"fault_in_entry", "handshake.accepted", "died of SIGSEGV"},
                                         Fault{"exit_in_entry", "handshake.accepted", "ended with status 0"},
                                         Fault{"hang_in_entry", "handshake.accepted", "no end after 3000 ms"},
                                         Fault{"closes_all", "handshake.accepted", "ended with status 1"},
                                         Fault{"overrun", "handshake.struct-size", "died of SIGSEGV"},
                                         Fault{"long_struct", "handshake.struct-size", "sets struct_size to"},
                                         Fault{"absent_tail", "handshake.older-host", "died of SIGSEGV"},
                                         Fault{"wrong_magic", "handshake.magic", "magic number is 1"},
                                         Fault{"newer_major", "handshake.abi-version", "plugin ABI 2."},
                                         Fault{"unsupported", "handshake.consent", "HERALD_E_UNSUPPORTED"},
                                         Fault{"bad_name", "handshake.name", "Bad_Name"},
                                         Fault{"bad_version", "handshake.version", "\"1.0\""},
                                         Fault{"no_channels", "handshake.channels", "no channel"},
                                         Fault{"bad_threads", "handshake.thread-model", "257"},
                                         Fault{"big_batch", "handshake.limits", "1025"},
                                         Fault{"null_functions", "handshake.functions", "submit is NULL"},
                                         Fault{"bad_schema", "config.schema", "no JSON"},
                                         Fault{"throws_in_create", "life.create", "exception left the plugin"},
                                         Fault{"throws_in_stop", "life.stop-when-idle", "exception left the plugin"},
                                         Fault{"carrier", "life.submit-before-start", "takes a message"}),
                         plugin_of);

TEST(HostileKit, BlocksWhatCannotBeTriedForAnotherFault) {
  const auto report = report_of({"--only", "life.create", "--only", "handshake.name", abi_plugin("crash_on_load")});
  for (const char* test : {"life.create", "handshake.name"}) {
    EXPECT_EQ(result_of(report, test).at("result"), "blocked");
    EXPECT_THAT(result_of(report, test).at("reason").get<std::string>(), HasSubstr("(elf.loads)"));
  }
  EXPECT_EQ(run_kit({"--only", "life.create", abi_plugin("crash_on_load")}).status, 1);
}

// As many time-outs as there are tests of the call that hangs, and one more for each child that had begun by then.
TEST(HostileKit, DoesNotTryAgainWhatHasHung) {
  for (const auto& [plugin, test, promise] : {std::array{"recorder_slow", "life.start", "(life.start)"},
                                              std::array{"hangs_in_create", "life.create", "(life.create)"}}) {
    const auto report =
        report_of({"--timeout", "2", "--jobs", "2", "--only", "life.*", "--only", "dispatch.*", abi_plugin(plugin)});
    EXPECT_EQ(result_of(report, test).at("result"), "failed");
    std::size_t hung = 0;
    std::size_t spared = 0;
    for (const auto& one : report.at("tests")) {
      const auto reason = one.value("reason", one.value("found", ""));
      if (reason.find("no end after") != std::string::npos) ++hung;
      if (one.at("result") != "blocked" || reason.find("in an earlier test it did not come back") != 0) continue;
      EXPECT_THAT(reason, HasSubstr(promise));
      ++spared;
    }
    EXPECT_LE(hung, 8U) << report.dump(2);
    EXPECT_GE(spared, 40U) << report.dump(2);
  }
}

TEST(HostileKit, ShowsWhatAPluginPrintsWhenItFails) {
  const auto report = report_of({"--only", "handshake.struct-size", abi_plugin("prints_in_entry")});
  EXPECT_EQ(result_of(report, "handshake.struct-size").at("result"), "passed");
  const auto thrown = report_of({"--only", "elf.loads", abi_plugin("crash_on_load")});
  EXPECT_TRUE(result_of(thrown, "elf.loads").contains("printed"));
}

TEST(HostileKit, TakesAFileThatIsNoLibrary) {
  const auto report = report_of({"--only", "elf.*", "/proc/self/cmdline"});
  EXPECT_EQ(result_of(report, "elf.machine").at("result"), "failed");
  EXPECT_EQ(result_of(report, "elf.file-name").at("result"), "failed");
  EXPECT_EQ(result_of(report, "elf.stack").at("result"), "blocked");
}

}  // namespace
}  // namespace herald::tools::check
