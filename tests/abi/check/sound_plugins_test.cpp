// Every plugin that the project hands out keeps every promise.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/check/kit.h"

namespace herald::tools::check {
namespace {

std::vector<std::string> sound_plugins() {
  std::vector<std::string> files;
  std::istringstream list(SOUND_PLUGINS);
  for (std::string file; std::getline(list, file, '|');)
    files.push_back(file);
  return files;
}

std::string stem_of(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

class SoundPlugin : public testing::TestWithParam<std::string> {};

TEST_P(SoundPlugin, KeepsEveryPromise) {
  const KitRun run = run_kit({"--timeout", "60", GetParam()});  // a machine under load is no fault
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(run.out, testing::HasSubstr(" 0 failed, 0 blocked"));
}

INSTANTIATE_TEST_SUITE_P(Each, SoundPlugin, testing::ValuesIn(sound_plugins()), stem_of);

}  // namespace
}  // namespace herald::tools::check
