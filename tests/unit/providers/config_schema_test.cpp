#include "providers/config_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using testing::AllOf;
using testing::HasSubstr;
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
  EXPECT_THAT(text, AllOf(HasSubstr("/port"), HasSubstr("'host'")));
}

TEST(CheckConfig, TakesNoTextForANumber) {
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":"h","port":"25"})")), HasSubstr("/port"));
}

TEST(CheckConfig, ShowsNoValue) {
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":"h","auth":{"token":"hunter2"}})")),
              AllOf(HasSubstr("/auth/token"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal(check_config(kSchema, R"({"host":hunter2})")), Not(HasSubstr("hunter2")));
}

TEST(CheckConfig, RefusesWhatIsNoObject) {
  EXPECT_THAT(refusal(check_config("", "[]")), HasSubstr("expected an object"));
}

}  // namespace
}  // namespace herald::providers
