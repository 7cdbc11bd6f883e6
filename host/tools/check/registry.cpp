#include <algorithm>
#include <iterator>

#include "tools/check/test.h"

namespace herald::tools::check {
namespace {

std::vector<Test> gathered() {
  std::vector<Test> tests;
  for (auto* group : {elf_tests, handshake_tests, life_tests, config_tests, dispatch_tests, webhook_tests}) {
    const auto more = group();
    std::copy(more.begin(), more.end(), std::back_inserter(tests));
  }
  return tests;
}

}  // namespace

const std::vector<Test>& all_tests() {
  static const std::vector<Test> kTests = gathered();
  return kTests;
}

const Test* find_test(std::string_view id) {
  const auto& tests = all_tests();
  const auto found = std::find_if(tests.begin(), tests.end(), [id](const Test& test) { return test.id == id; });
  return found == tests.end() ? nullptr : &*found;
}

}  // namespace herald::tools::check
