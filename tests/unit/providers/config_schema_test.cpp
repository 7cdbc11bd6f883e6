#include "providers/config_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSchema = R"({"type":"object","required":["host"],"properties":{
  "host":{"type":"string"},"port":{"type":"integer","minimum":1,"maximum":65535},
  "auth":{"type":"object","properties":{"token":{"type":"string","minLength":20,"writeOnly":true}}}}})";

std::string refusal(const base::Status& status) {
  return status ? "taken" : status.error().message;
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i)
    text += R"({"a":)";
  return text + "1" + std::string(static_cast<std::size_t>(depth), '}');
}

TEST(CheckSchema, TakesNoneAndDraft7) {
  EXPECT_TRUE(check_schema("").has_value());
  EXPECT_TRUE(check_schema(kSchema).has_value());
}

TEST(CheckSchema, RefusesWhatIsNoSchema) {
  EXPECT_THAT(refusal(check_schema("{")), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(check_schema("[]")), HasSubstr("a JSON array, expected an object"));
  EXPECT_THAT(refusal(check_schema(R"({"type":7})")), HasSubstr("no usable JSON Schema"));
  EXPECT_THAT(refusal(check_schema(R"({"$ref":"http://127.0.0.1/other.json"})")), HasSubstr("no usable JSON Schema"));
}

TEST(CheckSchema, BoundsDepthAndSize) {
  EXPECT_THAT(refusal(check_schema(nested(10'000))), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal(check_schema(std::string(300'000, ' '))), HasSubstr("300000 bytes"));
}

TEST(CheckConfig, TakesWhatFits) {
  EXPECT_TRUE(check_config(kSchema, R"({"host":"mx.example.org","port":25})").has_value());
  EXPECT_TRUE(check_config("", R"({"any":["thing"]})").has_value());
}

TEST(CheckConfig, NamesThePlaceOfEveryFault) {
  const auto text = refusal(check_config(kSchema, R"({"port":70000})"));
  EXPECT_THAT(text, AllOf(HasSubstr("/port must be at most 65535"), HasSubstr("/host is required")));
}

TEST(CheckConfig, TakesNoTextForANumber) {
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":"h","port":"25"})")), HasSubstr("/port"));
}

TEST(CheckConfig, ShowsNoValue) {
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":"h","auth":{"token":"hunter2"}})")),
              AllOf(HasSubstr("/auth/token"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":hunter2})")), Not(HasSubstr("hunter2")));
}

std::vector<std::string> faults(const std::string& schema, const std::string& document) {
  std::vector<std::string> found;
  const auto all = config_faults(schema, document);
  if (!all) return {"unchecked: " + all.error().message};
  for (const auto& fault : *all)
    found.push_back(fault.pointer + " " + fault.message);
  return found;
}

TEST(ConfigFaults, NameEachMemberAndWhatMustHoldThere) {
  const std::string schema = R"({"type":"object","required":["key"],"additionalProperties":false,"properties":{
    "key":{"type":"string"},"port":{"type":"integer","minimum":1,"maximum":9},"mode":{"enum":["a","b"]},
    "word":{"type":"string","pattern":"^x+$","minLength":3,"maxLength":4},
    "list":{"type":"array","maxItems":2,"items":{"type":["string","null"]}}}})";
  EXPECT_THAT(faults(schema, R"({"key":"k","port":9,"mode":"b","word":"xxx","list":["a",null]})"), IsEmpty());
  EXPECT_THAT(faults(schema, "{}"), ElementsAre("/key is required"));
  EXPECT_THAT(faults(schema, R"({"key":7})"), ElementsAre("/key must be a string; found a number"));
  EXPECT_THAT(faults(schema, R"({"key":"k","port":"9"})"), ElementsAre("/port must be an integer; found a string"));
  EXPECT_THAT(faults(schema, R"({"key":"k","port":0})"), ElementsAre("/port must be at least 1"));
  EXPECT_THAT(faults(schema, R"({"key":"k","port":10})"), ElementsAre("/port must be at most 9"));
  EXPECT_THAT(faults(schema, R"({"key":"k","mode":"c"})"), ElementsAre(R"(/mode must be one of "a", "b")"));
  EXPECT_THAT(faults(schema, R"({"key":"k","word":"xy"})"),
              ElementsAre("/word must have at least 3 characters", R"(/word must match the pattern "^x+$")"));
  EXPECT_THAT(faults(schema, R"({"key":"k","list":["a",7,"b"]})"),
              ElementsAre("/list must have at most 2 entries", "/list/1 must be a string or null; found a number"));
  EXPECT_THAT(faults(schema, R"({"key":"k","keys":1})"),
              ElementsAre("/keys is not known to the plugin; it knows key, list, mode, port, word"));
}

TEST(ConfigFaults, NameAllAtOnce) {
  EXPECT_THAT(
      faults(kSchema, R"({"port":70000,"auth":{"token":1}})"),
      ElementsAre("/host is required", "/auth/token must be a string; found a number", "/port must be at most 65535"));
}

TEST(ConfigFaults, FollowReferencesAndEscapeThePointer) {
  const std::string schema = R"({"definitions":{"n":{"type":"integer","minimum":1}},
    "patternProperties":{"^n":{"$ref":"#/definitions/n"}},"additionalProperties":{"$ref":"#/definitions/n"}})";
  EXPECT_THAT(faults(schema, R"({"n":0,"a/b~c":0,"ok":1})"),
              ElementsAre("/a~1b~0c must be at least 1", "/n must be at least 1"));
}

TEST(ConfigFaults, SayWhatFormIsWanted) {
  EXPECT_THAT(faults(R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", "{}"),
              ElementsAre(HasSubstr("one of the forms")));
  EXPECT_THAT(faults(R"({"allOf":[{"required":["a"]},{"required":["b"]}]})", "{}"),
              ElementsAre("/a is required", "/b is required"));
}

TEST(ConfigFaults, FallBackOnTheVerdictForARuleThatTheyDoNotKnow) {
  EXPECT_THAT(faults(R"({"dependencies":{"a":["b"]}})", R"({"a":1})"),
              ElementsAre(HasSubstr("does not fit the plugin's schema")));
}

TEST(ConfigFaults, EndInASchemaThatLeadsToItself) {
  EXPECT_FALSE(faults(R"({"properties":{"a":{"$ref":"#"}},"required":["b"]})", nested(20)).empty());
}

TEST(CheckConfig, RefusesWhatIsNoObject) {
  EXPECT_THAT(refusal(check_config("", "[]")), HasSubstr("expected an object"));
}

}  // namespace
}  // namespace herald::providers
