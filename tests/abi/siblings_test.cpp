// Plugins of every compiler and C++ library at hand, in one process: each works, and none disturbs another.
#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using std::chrono::seconds;
using test::eventually;
using test::item_with;

// The names that the build has made, each a file and a provider.
std::vector<std::string> sibling_names() {
  std::vector<std::string> names;
  std::istringstream all(SIBLINGS);
  for (std::string name; std::getline(all, name, ',');)
    names.push_back(name);
  return names;
}

bool is_cpp(const std::string& name) {
  return std::filesystem::exists(std::filesystem::path(SIBLING_DIR) / "throwing" / (name + ".so"));
}

class Siblings : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& name : sibling_names()) {
      copy(std::filesystem::path(SIBLING_DIR) / (name + ".so"), name);
      if (is_cpp(name)) copy(std::filesystem::path(SIBLING_DIR) / "throwing" / (name + ".so"), "throws-" + name);
    }
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    for (const auto& line : bench_.log.of("provider.refused"))
      ADD_FAILURE() << line.fields.at("file") << ": " << line.fields.at("reason");
  }

  domain::Outcome outcome_of(const std::string& provider, const std::string& body) {
    const auto ports = bench_.lanes.ports();
    const auto found =
        std::find_if(ports.begin(), ports.end(), [&](const auto* port) { return port->name() == provider; });
    if (found == ports.end()) throw std::runtime_error("no provider " + provider);
    const domain::Ticket ticket = ++ticket_;
    (*found)->submit({item_with(ticket, body, bench_.in(seconds{60}))}, sink_);
    EXPECT_TRUE(eventually([&] { return !sink_.of(ticket).empty(); })) << provider << ": " << body;
    const auto outcomes = sink_.of(ticket);
    return outcomes.empty() ? domain::Outcome{} : outcomes.front();
  }

  test::PluginBench bench_;
  test::RecordingSink sink_;
  domain::Ticket ticket_ = 0;
  std::optional<Providers> providers_;  // before what it uses is gone

 private:
  void copy(const std::filesystem::path& from, const std::string& name) {
    std::filesystem::copy_file(from, bench_.folder / (name + ".so"));
    std::filesystem::permissions(bench_.folder / (name + ".so"), std::filesystem::perms{0755});
  }
};

TEST_F(Siblings, StandAtLeastInCAndCppByBothCompilersAndStaticallyLinked) {
  const auto names = sibling_names();
  for (const char* name : {"c-by-gcc", "c-by-clang", "cpp-by-gcc", "cpp-by-clang", "static-by-gcc"})
    EXPECT_TRUE(std::find(names.begin(), names.end(), name) != names.end()) << name;
}

TEST_F(Siblings, AllSendBesideEachOther) {
  for (int round = 0; round < 3; ++round) {
    for (const auto& name : sibling_names()) {
      const auto outcome = outcome_of(name, "any");
      EXPECT_EQ(outcome.kind, OutcomeKind::kSuccess) << name;
      EXPECT_EQ(outcome.provider_message_id, name + "-1-1.5");
    }
  }
}

TEST_F(Siblings, KeepTheirExceptionsInside) {
  for (const auto& name : sibling_names()) {
    if (!is_cpp(name)) continue;
    for (const char* body : {"throw", "throw an int"})
      EXPECT_EQ(outcome_of(name, body).kind, OutcomeKind::kError) << name << ": " << body;
    EXPECT_EQ(outcome_of(name, "catch").provider_message_id, "caught of another thread") << name;
    EXPECT_EQ(outcome_of(name, "any").kind, OutcomeKind::kSuccess) << name;
  }
}

TEST_F(Siblings, KeepAPanicInside) {
  const auto names = sibling_names();
  if (std::find(names.begin(), names.end(), "in-rust") == names.end()) GTEST_SKIP() << "no rustc";
  EXPECT_EQ(outcome_of("in-rust", "throw").error_code, "submit_failed");
  EXPECT_EQ(outcome_of("in-rust", "any").kind, OutcomeKind::kSuccess);
}

// Against the contract: the host holds it also when the exception is of a C++ library that it does not share.
TEST_F(Siblings, DoNotEndTheHostByAnExceptionThatTheyLetOut) {
  for (const auto& name : sibling_names()) {
    if (!is_cpp(name)) continue;
    EXPECT_EQ(outcome_of("throws-" + name, "any").error_code, "submit_failed") << name;
  }
}

TEST_F(Siblings, StopTogether) {
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
}

}  // namespace
}  // namespace herald::providers
