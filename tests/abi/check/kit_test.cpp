// The command's arguments, its files and its exit status.
#include "abi/check/kit.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "tools/check/test.h"

namespace herald::tools::check {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Kit : public testing::Test {
 protected:
  std::string file_with(const std::string& text) {
    const auto file = (folder_ / "config.json").string();
    std::ofstream(file) << text;
    return file;
  }
  static std::string spool() {
    const std::string all = SOUND_PLUGINS;
    const auto end = all.find("spool.so") + 8;
    const auto begin = all.rfind('|', end - 1) + 1;
    return all.substr(begin, end - begin);
  }

  test::TempDir folder_;
};

TEST_F(Kit, HasTestsOfDifferentIdsInGroups) {
  std::set<std::string_view> ids;
  for (const auto& test : all_tests()) {
    EXPECT_TRUE(ids.insert(test.id).second) << test.id;
    EXPECT_FALSE(test.promise.empty() || test.source.empty()) << test.id;
    EXPECT_THAT(std::string(test.id), testing::MatchesRegex("[a-z]+\\.[a-z0-9-]+"));
  }
  EXPECT_GE(ids.size(), 40U);
}

TEST_F(Kit, ListsItsTestsWithoutAFile) {
  const KitRun run = run_kit({"--list", "--only", "elf.*"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("elf.exports"));
  EXPECT_THAT(run.out, Not(HasSubstr("life.create")));
}

TEST_F(Kit, SaysTheSameAgainUnderTheSameSeed) {
  const std::vector<std::string> arguments{"--seed", "42", abi_plugin("carrier")};
  const auto bare = [](nlohmann::json report) {
    report.erase("took_ms");
    for (auto& test : report.at("tests"))
      test.erase("took_ms");
    return report;
  };
  EXPECT_EQ(bare(report_of(arguments)), bare(report_of(arguments)));
}

TEST_F(Kit, ShowsTheSeedAndTheCommandThatRunsAFailureAgain) {
  const KitRun run = run_kit({"--seed", "42", "--only", "handshake.name", abi_plugin("bad_name")});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("plugin check --seed 42 " + abi_plugin("bad_name") + " --only handshake.name"));
}

TEST_F(Kit, MakesAConfigurationThatTheSchemaTakes) {
  const KitRun run = run_kit({"--only", "config.accepted", spool()});
  EXPECT_EQ(run.status, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr(R"({"file":"herald-check"} (made from its schema)"));
}

TEST_F(Kit, TakesTheConfigurationOfAFileAndShowsNothingOfIt) {
  const auto file = file_with(R"({"file": "spooled.jsonl"})");
  const KitRun run = run_kit({"--config", file, "--only", "config.accepted", spool()});
  EXPECT_EQ(run.status, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("from " + file));
  EXPECT_THAT(run.out, Not(HasSubstr("spooled.jsonl")));
}

TEST_F(Kit, RefusesAConfigurationThatTheSchemaRefuses) {
  const KitRun run = run_kit({"--config", file_with(R"({"file": 5})"), spool()});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("/file"));
}

TEST_F(Kit, LeavesNothingWhereItIsCalled) {
  const auto before = std::filesystem::exists("herald-check");
  run_kit({"--only", "life.whole", spool()});
  EXPECT_EQ(std::filesystem::exists("herald-check"), before);
}

TEST_F(Kit, RefusesAWrongCommandLine) {
  const std::string file = spool();
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{}, "needs a file"},
      {{file, file}, "takes one file"},
      {{"--sed", "1", file}, "did you mean --seed"},
      {{"--seed", file}, "expected a whole number"},
      {{"--seed=-1", file}, "expected a whole number"},
      {{"--timeout", "0", file}, "from 1 to 3600"},
      {{file, "--only"}, "needs a value"},
      {{"--only", "elf.export", file}, "did you mean elf.exports"},
      {{"--json", "-", "--junit", "-", file}, "only one"},
      {{(folder_ / "gone.so").string()}, "cannot be read"},
      {{folder_.path().string()}, "cannot be read"},
      {{"--config", (folder_ / "gone").string(), file}, "cannot be read"},
      {{"--json", (folder_ / "no/folder").string(), "--only", "elf.machine", file}, "cannot be written"}};
  for (const auto& [arguments, reason] : wrong) {
    const KitRun run = run_kit(arguments);
    EXPECT_EQ(run.status, 2) << reason;
    EXPECT_THAT(run.err, HasSubstr(reason));
    EXPECT_THAT(run.out, IsEmpty());
  }
}

}  // namespace
}  // namespace herald::tools::check
