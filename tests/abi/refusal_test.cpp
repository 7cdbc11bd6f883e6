// Every odd plugin is refused with a reason that says what is wrong, or taken where the contract allows it; the host
// lives.
#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/listing.h"

namespace herald::providers {
namespace {

using domain::ProviderInfo;
using domain::ProviderState;
using testing::HasSubstr;

class Refusal : public testing::Test {
 protected:
  // What an operator sees of the one plugin in the folder.
  ProviderInfo only() {
    const auto listed = list_plugins(bench_.options);
    if (!listed || listed->size() != 1) {
      ADD_FAILURE() << (listed ? "expected one plugin" : listed.error().message);
      return {};
    }
    return listed->front();
  }

  std::string reason_for(const std::string& plugin) {
    bench_.install(plugin);
    const auto info = only();
    EXPECT_EQ(info.state, ProviderState::kRefused) << plugin;
    EXPECT_EQ(info.name, plugin + ".so");
    return info.reason;
  }

  test::PluginBench bench_;
};

struct Oddity {
  const char* plugin;
  const char* reason;  // a part of it
};

void PrintTo(const Oddity& oddity, std::ostream* out) {
  *out << oddity.plugin;
}

class OddPlugin : public Refusal, public testing::WithParamInterface<Oddity> {};

TEST_P(OddPlugin, IsRefusedWithItsReason) {
  EXPECT_THAT(reason_for(GetParam().plugin), HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Each, OddPlugin,
    testing::Values(
        Oddity{"no_symbol", "exports no herald_plugin_entry"},
        Oddity{"unresolved", "undefined symbol: function_that_nobody_has"},
        Oddity{"wrong_magic", "its magic number is 1, expected 1145852488"},
        Oddity{"newer_major", "speaks plugin ABI 2.1, this host supports major 1; run it under a newer host"},
        Oddity{"older_major", "speaks plugin ABI 0.1, this host supports major 1; build it anew"},
        Oddity{"short_struct", "struct_size of 12 bytes"}, Oddity{"long_struct", "claims a struct_size"},
        Oddity{"overrun", "written beyond its end"},
        Oddity{"cut_functions", "required functions drain, stop, destroy are NULL"},
        Oddity{"null_functions", "required functions submit are NULL"}, Oddity{"bad_name", "name is \"Bad_Name\""},
        Oddity{"bad_version", "version is \"1.0\""}, Oddity{"no_channels", "at least one of sms, mms, email"},
        Oddity{"bad_threads", "thread_model is 257"}, Oddity{"big_batch", "max_batch is 1025"},
        Oddity{"bad_schema", "schema is no JSON"},
        Oddity{"unsupported", "says that it cannot run under a host of plugin ABI 1.1"},
        Oddity{"entry_fails", "returned -5"}, Oddity{"throws_in_entry", "threw an exception"},
        Oddity{"crash_in_entry", "kills the process that loads it: signal 6"},
        Oddity{"crash_on_load", "kills the process that loads it: signal 6"},
        Oddity{"exit_in_entry", "ended with status 0 before it could answer"},
        Oddity{"closes_all", "before it could answer"}, Oddity{"leaves_in_entry", "ended with status 0"},
        Oddity{"kills_itself_in_entry", "signal 9"}, Oddity{"exit_on_load", "ended with status 0"},
        Oddity{"leaves_on_load", "ended with status 0"}, Oddity{"kills_itself_on_load", "signal 9"},
        Oddity{"closes_all_on_load", "before it could answer"}, Oddity{"aborts_in_create", "create or destroy crash"},
        Oddity{"aborts_in_destroy", "create or destroy crash"},
        Oddity{"exits_in_create", "ended with status 0 before it could answer"}),
    [](const auto& test) { return std::string(test.param.plugin); });

// A sanitizer turns the signal into an exit; either way the host lives and has a reason.
TEST_F(Refusal, NamesAPluginThatFaults) {
  EXPECT_THAT(reason_for("fault_in_entry"), HasSubstr("the process that"));
}

TEST_F(Refusal, EndsAProbeThatHangs) {
  bench_.options.probe_timeout = std::chrono::milliseconds{300};
  EXPECT_THAT(reason_for("hang_in_entry"), HasSubstr("did not answer within 300 ms"));
}

TEST_F(Refusal, EndsAProbeWhoseCreateHangs) {
  bench_.options.probe_timeout = std::chrono::milliseconds{300};
  EXPECT_THAT(reason_for("hangs_in_create"), HasSubstr("did not answer within 300 ms"));
}

TEST_F(Refusal, NamesALibraryThatFaultsWhenItIsLoaded) {
  EXPECT_THAT(reason_for("fault_on_load"), HasSubstr("the process that"));
}

TEST_F(Refusal, NamesALibraryThatExhaustsTheStackWhenItIsLoaded) {
  EXPECT_THAT(reason_for("exhausts_the_stack_on_load"), HasSubstr("the process that"));
}

class Hanging : public Refusal, public testing::WithParamInterface<const char*> {};

TEST_P(Hanging, IsEndedAtTheDeadlineOfTheProbe) {
  bench_.options.probe_timeout = std::chrono::milliseconds{300};
  EXPECT_THAT(reason_for(GetParam()), HasSubstr("did not answer within 300 ms"));
}

INSTANTIATE_TEST_SUITE_P(Each, Hanging,
                         testing::Values("hang_on_load", "spins_on_load", "stops_itself_on_load",
                                         "stops_itself_in_entry", "prints_without_end_on_load"),
                         [](const auto& test) { return std::string(test.param); });

TEST_F(Refusal, NamesTheFileOfTheHigherVersion) {
  bench_.install("well_behaved", "a");
  bench_.install("well_behaved_2", "b");
  const auto listed = list_plugins(bench_.options).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].state, ProviderState::kRefused);
  EXPECT_EQ(listed[0].name, "well-behaved");
  EXPECT_THAT(listed[0].reason, HasSubstr("superseded by b.so, whose version 2.0.0 is higher"));
  EXPECT_EQ(listed[1].state, ProviderState::kActive);
}

TEST_F(Refusal, LeavesTheChannelToOneThatFitsTheSettings) {
  bench_.install("well_behaved", "a");
  bench_.install("scripted", "b");
  bench_.options.provider_config["scripted"] = R"({"token":"hunter2"})";
  const auto listed = list_plugins(bench_.options).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].state, ProviderState::kActive);
  EXPECT_THAT(listed[1].reason, HasSubstr("/token"));
}

TEST_F(Refusal, NamesATextFile) {
  bench_.write("notes.so", "not a library\n");
  EXPECT_THAT(only().reason, HasSubstr("no ELF file"));
}

TEST_F(Refusal, NamesAnEmptyFile) {
  bench_.write("empty.so", "");
  EXPECT_THAT(only().reason, HasSubstr("empty"));
}

TEST_F(Refusal, NamesATruncatedLibrary) {
  const auto file = bench_.install("well_behaved");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 4);
  EXPECT_THAT(only().reason, HasSubstr("truncated"));
}

TEST_F(Refusal, NamesAFileThatOthersMayWrite) {
  const auto file = bench_.install("well_behaved");
  std::filesystem::permissions(file, std::filesystem::perms{0757});
  EXPECT_THAT(only().reason, HasSubstr("the file may be written by others than its owner (mode 0757)"));
}

TEST_F(Refusal, NamesAFolderThatOthersMayWrite) {
  bench_.install("well_behaved");
  std::filesystem::permissions(bench_.folder, std::filesystem::perms{0775});
  EXPECT_THAT(only().reason, HasSubstr("its folder may be written by others"));
}

TEST_F(Refusal, LooksThroughASymbolicLinkAtTheFolderBehindIt) {
  const auto elsewhere = bench_.dir / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  std::filesystem::rename(bench_.install("well_behaved"), elsewhere / "library");
  std::filesystem::create_symlink(elsewhere / "library", bench_.folder / "linked.so");
  std::filesystem::permissions(elsewhere, std::filesystem::perms{0755});
  EXPECT_EQ(only().state, ProviderState::kActive);
  std::filesystem::permissions(elsewhere, std::filesystem::perms{0777});
  EXPECT_THAT(only().reason, HasSubstr("its folder may be written by others"));
}

TEST_F(Refusal, NamesWhatIsNoFile) {
  std::filesystem::create_directory(bench_.folder / "folder.so");
  EXPECT_THAT(only().reason, HasSubstr("no regular file"));
}

TEST_F(Refusal, DoesNotWaitForAFifo) {
  ASSERT_EQ(::mkfifo((bench_.folder / "fifo.so").c_str(), 0644), 0);
  EXPECT_THAT(only().reason, HasSubstr("no regular file"));
}

TEST_F(Refusal, NamesALinkThatLeadsNowhere) {
  std::filesystem::create_symlink(bench_.folder / "gone", bench_.folder / "dangling.so");
  EXPECT_THAT(only().reason, HasSubstr("cannot be reached"));
}

TEST_F(Refusal, ShowsNoPathOfTheHost) {
  for (const char* plugin : {"no_symbol", "unresolved", "crash_on_load"})
    bench_.install(plugin);
  const auto file = bench_.install("well_behaved");
  std::filesystem::permissions(file, std::filesystem::perms{0757});
  const auto listed = list_plugins(bench_.options).value();
  EXPECT_EQ(listed.size(), 4U);
  for (const auto& info : listed) {
    EXPECT_EQ(info.reason.find(bench_.dir.path().string()), std::string::npos) << info.reason;
  }
}

TEST_F(Refusal, ShowsNoPathOfAProbeThatCannotBeRun) {
  bench_.options.probe_executable = "/nowhere/herald";
  const auto reason = reason_for("well_behaved");
  EXPECT_THAT(reason, HasSubstr("the probe cannot be run: No such file or directory"));
  EXPECT_THAT(reason, testing::Not(HasSubstr("nowhere")));
}

class Tolerance : public Refusal {};

TEST_F(Tolerance, TakesANewerMinorVersion) {
  bench_.install("newer_minor");
  const auto info = only();
  EXPECT_EQ(info.state, ProviderState::kActive);
  EXPECT_EQ(info.abi_version, "1.7");
}

TEST_F(Tolerance, TakesTheFirstMinorVersion) {
  bench_.install("first_minor");
  const auto info = only();
  EXPECT_EQ(info.state, ProviderState::kActive);
  EXPECT_EQ(info.abi_version, "1.0");
}

TEST_F(Tolerance, TakesAStructureWithoutItsOptionalTail) {
  bench_.install("absent_tail");
  EXPECT_EQ(only().state, ProviderState::kActive);
}

TEST_F(Tolerance, TakesUnsetLimitsAsOne) {
  bench_.install("unset_limits");
  EXPECT_EQ(only().state, ProviderState::kActive);
}

TEST_F(Tolerance, IgnoresChannelsThatItDoesNotKnow) {
  bench_.install("well_behaved");
  EXPECT_EQ(only().channels, std::vector{domain::Channel::kEmail});
}

TEST_F(Tolerance, OutlivesAProcessThatALibraryForks) {
  bench_.install("forks_in_entry");
  EXPECT_EQ(only().state, ProviderState::kActive);
}

TEST_F(Tolerance, IgnoresWhatALibraryPrints) {
  bench_.install("prints_in_entry");
  EXPECT_EQ(only().state, ProviderState::kActive);
}

}  // namespace
}  // namespace herald::providers
