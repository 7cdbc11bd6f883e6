#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tools/check/child_messages.h"
#include "tools/check/report.h"

namespace herald::tools::check {
namespace {

using testing::HasSubstr;
using testing::Not;

void nothing(Subject& /*subject*/, Verdict& /*verdict*/) {}

const Test kFirst{"elf.first", "It holds.", "abi.h", nothing};
const Test kSecond{"life.second", "It holds too.", "abi.h", nothing};

Report report_with(const Finding& finding, const std::string& printed = "") {
  Report report;
  report.file = "plugin.so";
  report.rerun = "herald plugin check --seed 1 plugin.so";
  report.outcomes = {{&kFirst, {}, "", std::chrono::milliseconds(5)},
                     {&kSecond, finding, printed, std::chrono::milliseconds(7)}};
  return report;
}

TEST(CheckReport, HoldsWhenTestsPassOrAreSkipped) {
  EXPECT_TRUE(report_with({}).all_hold());
  EXPECT_TRUE(report_with({State::kSkipped, "nothing to try", "", ""}).all_hold());
  EXPECT_FALSE(report_with({State::kFailed, "f", "e", "c"}).all_hold());
  EXPECT_FALSE(report_with({State::kBlocked, "f", "", ""}).all_hold());
}

TEST(CheckReport, ExplainsAFailureForPeople) {
  const std::string text = report_text(report_with({State::kFailed, "it is red", "green", "paint it"}, "ouch\n"));
  EXPECT_THAT(text, HasSubstr("FAILED life.second"));
  EXPECT_THAT(text, HasSubstr("found     it is red\n  expected  green\n  cure      paint it\n  printed   ouch"));
  EXPECT_THAT(text, HasSubstr("herald plugin check --seed 1 plugin.so --only life.second"));
  EXPECT_THAT(text, HasSubstr("1 passed, 1 failed, 0 blocked, 0 skipped"));
}

TEST(CheckReport, LetsNoControlCharacterOfThePluginThrough) {
  const Finding hostile{State::kFailed, "a\x1b[2Jb\nc", "e", "c"};
  EXPECT_THAT(report_text(report_with(hostile, "\x1b[31m")), Not(HasSubstr("\x1b")));
  EXPECT_THAT(report_junit(report_with(hostile, "\x1b[31m")), Not(HasSubstr("\x1b")));
}

TEST(CheckReport, EscapesWhatXmlReserves) {
  const std::string xml = report_junit(report_with({State::kFailed, "<\"&'>\xEF\xBF\xBF\xFF", "e", "c"}));
  EXPECT_THAT(xml, HasSubstr("message=\"&lt;&quot;&amp;'&gt;?\xEF\xBF\xBD\""));
}

TEST(CheckReport, IsJsonWhateverThePluginPrints) {
  const auto json = nlohmann::json::parse(report_json(report_with({State::kFailed, "f", "e", "c"}, "\xFF")));
  EXPECT_EQ(json.at("tests").at(1).at("printed"), "\xEF\xBF\xBD");
  EXPECT_EQ(json.at("failed"), 1);
  EXPECT_EQ(json.at("tests").at(0).at("result"), "passed");
}

TEST(CheckMessages, BringAnOrderAcrossWhole) {
  SealedOrder sealed;
  sealed.order = {"life.create", "/a/\xFF.so", 7, std::chrono::seconds(3), R"({"a":1})", "none", {"it is started"}};
  sealed.seal = "s";
  const auto back = parse_order(text_of(sealed));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->order.file, sealed.order.file);
  EXPECT_EQ(back->order.test, "life.create");
  EXPECT_EQ(back->order.seed, 7U);
  EXPECT_EQ(back->order.timeout, std::chrono::seconds(3));
  EXPECT_EQ(back->order.config, R"({"a":1})");
  EXPECT_EQ(back->order.config_problem, "none");
  EXPECT_EQ(back->order.hanging, std::vector<std::string>{"it is started"});
  EXPECT_EQ(back->seal, "s");
  EXPECT_FALSE(parse_order("{}"));
}

TEST(CheckMessages, BelieveAFindingWithTheSealAlone) {
  const std::string told = step_line("one", true) + "rubbish\n" + step_line("two", false) + finding_line({}, "other");
  EXPECT_FALSE(parse_report(told, "seal").finding);
  EXPECT_EQ(parse_report(told, "seal").step, "two");
  const auto whole = parse_report(told + finding_line({State::kFailed, "f", "e", "c"}, "seal"), "seal");
  ASSERT_TRUE(whole.finding);
  EXPECT_EQ(whole.finding->found, "f");
}

}  // namespace
}  // namespace herald::tools::check
