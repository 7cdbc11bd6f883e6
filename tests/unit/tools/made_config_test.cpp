#include "tools/check/made_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::tools::check {
namespace {

using testing::HasSubstr;

std::string made(const std::string& schema) {
  const auto config = made_config(schema);
  return config ? *config : "refused: " + config.error().message;
}

// The value of one required member.
std::string value_for(const std::string& property) {
  const std::string whole = made(R"({"type":"object","required":["a"],"properties":{"a":)" + property + "}}");
  constexpr std::string_view kOpening = R"({"a":)";
  if (whole.rfind(kOpening, 0) != 0) return whole;
  return whole.substr(kOpening.size(), whole.size() - kOpening.size() - 1);
}

TEST(MadeConfig, IsEmptyWhereNothingIsRequired) {
  EXPECT_EQ(made(""), "{}");
  EXPECT_EQ(made("{}"), "{}");
  EXPECT_EQ(made(R"({"type":"object","properties":{"a":{"type":"string"}}})"), "{}");
}

TEST(MadeConfig, TakesWhatTheSchemaNames) {
  EXPECT_EQ(value_for(R"({"const":7})"), "7");
  EXPECT_EQ(value_for(R"({"type":"integer","default":5})"), "5");
  EXPECT_EQ(value_for(R"({"enum":["x","y"]})"), R"("x")");
  EXPECT_EQ(value_for(R"({"type":"string","examples":["shown"]})"), R"("shown")");
}

TEST(MadeConfig, KeepsTheBoundsOfEachType) {
  EXPECT_EQ(value_for(R"({"type":"boolean"})"), "false");
  EXPECT_EQ(value_for(R"({"type":"integer","minimum":3})"), "3");
  EXPECT_EQ(value_for(R"({"type":"integer","exclusiveMinimum":3})"), "4");
  EXPECT_EQ(value_for(R"({"type":"integer","minimum":3,"multipleOf":5})"), "5");
  EXPECT_EQ(value_for(R"({"type":"integer","maximum":-3})"), "-3");
  EXPECT_EQ(value_for(R"({"type":"number","minimum":0.5})"), "0.5");
  EXPECT_EQ(value_for(R"({"type":"string","maxLength":3})"), R"("her")");
  EXPECT_EQ(value_for(R"({"type":"string","minLength":14})"), R"("herald-checkxx")");
  EXPECT_EQ(value_for(R"({"type":"array","minItems":2,"items":{"type":"integer"}})"), "[0,0]");
  EXPECT_EQ(value_for(R"({"type":"object","required":["b"],"properties":{"b":{"type":"null"}}})"), R"({"b":null})");
}

TEST(MadeConfig, LeadsNowhere) {
  EXPECT_EQ(value_for(R"({"type":"string","format":"uri"})"), R"("http://127.0.0.1:9/")");
  EXPECT_EQ(value_for(R"({"type":"string","format":"email"})"), R"("nobody@localhost")");
}

TEST(MadeConfig, FollowsReferencesAndBranches) {
  EXPECT_EQ(made(R"({"definitions":{"p":{"type":"integer","minimum":1}},"type":"object","required":["a"],)"
                 R"("properties":{"a":{"$ref":"#/definitions/p"}}})"),
            R"({"a":1})");
  EXPECT_EQ(value_for(R"({"anyOf":[{"type":"integer"},{"type":"string"}]})"), "0");
  EXPECT_EQ(value_for(R"({"allOf":[{"type":"integer"},{"minimum":4}]})"), "4");
}

TEST(MadeConfig, SaysWhatCannotBeMade) {
  EXPECT_THAT(value_for(R"({"type":"string","pattern":"^[0-9]{9}$"})"), HasSubstr("/a"));
  EXPECT_THAT(made("{"), HasSubstr("cannot be read"));
  EXPECT_THAT(made(R"({"type":"array"})"), HasSubstr("refused"));
}

}  // namespace
}  // namespace herald::tools::check
