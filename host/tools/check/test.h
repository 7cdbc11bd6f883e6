// The tests of the conformance kit: one promise of the contract each, tried in a process of its own.
#pragma once

#include <string_view>
#include <vector>

#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// Runs in a child process that ends with it: it may leave anything behind. It says what it finds in the verdict, and
// tells each step before it is taken (Verdict::at). What a test waits for is bounded by Subject::patience.
using TestFunction = void (*)(Subject& subject, Verdict& verdict);

struct Test {
  std::string_view id;       // "life.create-destroy": the group, a dot, what holds when it passes; never changes
  std::string_view promise;  // one sentence, shown by --list
  std::string_view source;   // where the promise stands: "abi.h: Life of an instance"
  TestFunction run = nullptr;

  std::string_view group() const { return id.substr(0, id.find('.')); }
};

// Each group, in the order in which it is reported.
std::vector<Test> elf_tests();
std::vector<Test> handshake_tests();
std::vector<Test> life_tests();
std::vector<Test> config_tests();
std::vector<Test> dispatch_tests();
std::vector<Test> webhook_tests();

// All of them, group by group.
const std::vector<Test>& all_tests();

// The test with that id, or null.
const Test* find_test(std::string_view id);

}  // namespace herald::tools::check
