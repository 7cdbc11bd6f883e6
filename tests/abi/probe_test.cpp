#include "providers/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/probe_process.h"

namespace herald::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(ProbeProcess, HandsOverWhatTheChildWroteAndItsStatus) {
  const auto end = run_process({"/bin/sh", "-c", "echo hello; exit 3"}, seconds{30}, 1000);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->output, "hello\n");
  EXPECT_EQ(WEXITSTATUS(end->wait_status), 3);
}

TEST(ProbeProcess, KillsAtTheDeadline) {
  const auto end = run_process({"/bin/sleep", "1000"}, milliseconds{50}, 1000);
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(WTERMSIG(end->wait_status), SIGKILL);
}

TEST(ProbeProcess, KillsWhatWritesWithoutEnd) {
  const auto end = run_process({"/bin/sh", "-c", "while :; do echo more; done"}, seconds{30}, 10000);
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->overflowed);
}

TEST(ProbeProcess, DoesNotWaitForAGrandchildThatHoldsThePipe) {
  const auto end = run_process({"/bin/sh", "-c", "echo pid $$; sleep 1000 & exit 0"}, seconds{30}, 1000);
  ASSERT_TRUE(end.has_value());
  EXPECT_FALSE(end->timed_out);
  EXPECT_THAT(end->output, HasSubstr("pid"));
}

TEST(ProbeProcess, GivesTheChildNothingOfTheHostsThatIsOpen) {
  const auto end = run_process({"/bin/ls", "/proc/self/fd"}, seconds{30}, 1000);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->output, "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST(ProbeProcess, SaysWhatCannotBeRun) {
  const auto end = run_process({"/nowhere/herald"}, seconds{30}, 1000);
  ASSERT_FALSE(end.has_value());
  EXPECT_THAT(end.error().message, HasSubstr("the probe cannot be run"));
}

class ProbeTest : public testing::Test {
 protected:
  base::Result<Descriptor> probe(const std::string& plugin) {
    return Probe(ABI_PROBE, seconds{30}).try_out(bench_.install(plugin));
  }

  test::PluginBench bench_;
};

TEST_F(ProbeTest, BringsTheWholeDescriptor) {
  const auto descriptor = probe("scripted_blocking");
  ASSERT_TRUE(descriptor.has_value()) << descriptor.error().message;
  EXPECT_EQ(descriptor->name, "scripted-blocking");
  EXPECT_EQ(descriptor->version, "1.2.3-rc.1+build.5");
  EXPECT_EQ(descriptor->description, "Breaks one rule.");
  EXPECT_EQ(descriptor->thread_model, ThreadModel::kBlocking);
  EXPECT_EQ(descriptor->max_batch, 1U);
  EXPECT_EQ(descriptor->max_in_flight, 3U);
  EXPECT_THAT(descriptor->config_schema, HasSubstr("writeOnly"));
}

TEST_F(ProbeTest, LeavesNoProcessBehind) {
  // The library's child holds the answer's pipe open; the probe neither waits for it nor lets it live.
  EXPECT_TRUE(probe("lingering_child").has_value());
}

TEST_F(ProbeTest, RefusesARelativeExecutable) {
  EXPECT_FALSE(Probe("herald", seconds{30}).try_out(bench_.install("well_behaved")).has_value());
}

TEST_F(ProbeTest, RefusesAnAnswerThatIsRubbish) {
  const auto script = bench_.write("rubbish", "#!/bin/sh\necho '{\"descriptor\":{}}'\n");
  std::filesystem::permissions(script, std::filesystem::perms{0755});
  const auto answer = Probe(script, seconds{30}).try_out("/any.so");
  ASSERT_FALSE(answer.has_value());
  EXPECT_THAT(answer.error().message, HasSubstr("no readable answer"));
}

// Whether it works without a probe's limits is for its start to tell.
TEST_F(ProbeTest, TakesNoRefusalInCreateForAFault) {
  EXPECT_TRUE(probe("creates_nothing").has_value());
  EXPECT_TRUE(probe("throws_in_create").has_value());
}

TEST_F(ProbeTest, KillsNobodyWhoWritesAFileInCreate) {
  EXPECT_TRUE(probe("writes_in_create").has_value());
}

TEST_F(ProbeTest, StandsInForTheHostInCreate) {
  const auto found = probe("asks_the_host_in_create");
  EXPECT_TRUE(found.has_value()) << found.error().message;
}

}  // namespace
}  // namespace herald::providers
