#include "providers/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSchema = R"({"type":"object","properties":{
  "host":{"type":"string"},
  "token":{"type":"string","writeOnly":true},
  "login":{"type":"object","properties":{"user":{"type":"string"},"password":{"writeOnly":true}}},
  "keys":{"type":"array","items":{"type":"object","properties":{"id":{},"key":{"writeOnly":true}}}}}})";

TEST(Secrets, AreMaskedWhereverTheyStand) {
  EXPECT_EQ(with_secrets_masked(kSchema, R"({"host":"h","token":"t","login":{"user":"u","password":{"a":1}},)"
                                         R"("keys":[{"id":1,"key":"k1"},{"id":2,"key":"k2"}]})"),
            R"({"host":"h","keys":[{"id":1,"key":"***"},{"id":2,"key":"***"}],)"
            R"("login":{"password":"***","user":"u"},"token":"***"})");
}

TEST(Secrets, AreNoneWithoutASchema) {
  EXPECT_EQ(with_secrets_masked("", R"({"token":"t"})"), R"({"token":"t"})");
}

// What each keyword of draft 7 marks; the secret is always "s" and stands at /a, /a/b, /a/0 or /a/1.
struct Marking {
  const char* name;
  const char* schema;
  const char* config;
};

void PrintTo(const Marking& marking, std::ostream* out) {
  *out << marking.name;
}

class MarkedSecret : public testing::TestWithParam<Marking> {};

TEST_P(MarkedSecret, IsMasked) {
  EXPECT_THAT(with_secrets_masked(GetParam().schema, GetParam().config), Not(HasSubstr("\"s\"")));
}

INSTANTIATE_TEST_SUITE_P(
    By, MarkedSecret,
    testing::Values(
        Marking{"pattern", R"({"patternProperties":{"^a":{"writeOnly":true}}})", R"({"a":"s"})"},
        Marking{"unreadable_pattern", R"({"patternProperties":{"(":{"writeOnly":true}}})", R"({"a":"s"})"},
        Marking{"additional", R"({"properties":{"b":{}},"additionalProperties":{"writeOnly":true}})", R"({"a":"s"})"},
        Marking{"all_of", R"({"allOf":[{"properties":{"a":{"writeOnly":true}}}]})", R"({"a":"s"})"},
        Marking{"any_of", R"({"properties":{"a":{"anyOf":[{"type":"null"},{"writeOnly":true}]}}})", R"({"a":"s"})"},
        Marking{"one_of", R"({"oneOf":[{},{"properties":{"a":{"writeOnly":true}}}]})", R"({"a":"s"})"},
        Marking{"then", R"({"if":{},"then":{"properties":{"a":{"writeOnly":true}}}})", R"({"a":"s"})"},
        Marking{"otherwise", R"({"if":{},"else":{"properties":{"a":{"writeOnly":true}}}})", R"({"a":"s"})"},
        Marking{"dependency", R"({"dependencies":{"a":{"properties":{"a":{"writeOnly":true}}},"b":["a"]}})",
                R"({"a":"s"})"},
        Marking{"reference",
                R"({"properties":{"a":{"$ref":"#/definitions/x"}},"definitions":{"x":{"writeOnly":true}}})",
                R"({"a":"s"})"},
        Marking{"itself", R"({"properties":{"a":{"$ref":"#"},"b":{"writeOnly":true}}})", R"({"a":{"b":"s"}})"},
        Marking{"items", R"({"properties":{"a":{"items":{"writeOnly":true}}}})", R"({"a":["s","s"]})"},
        Marking{"tuple", R"({"properties":{"a":{"items":[{},{"writeOnly":true}]}}})", R"({"a":[0,"s"]})"},
        Marking{"more_items", R"({"properties":{"a":{"items":[{}],"additionalItems":{"writeOnly":true}}}})",
                R"({"a":[0,"s"]})"},
        Marking{"contains", R"({"properties":{"a":{"contains":{"writeOnly":true}}}})", R"({"a":["s"]})"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Secrets, EndInASchemaThatLeadsBackToItself) {
  const char* const schema =
      R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}],"properties":{"a":{"$ref":"#"},"t":{"writeOnly":true}}})";
  EXPECT_EQ(with_secrets_masked(schema, R"({"a":{"a":{"t":"s"}}})"), R"({"a":{"a":{"t":"***"}}})");
}

TEST(Secrets, LeaveAReferenceToNowhereAlone) {
  EXPECT_EQ(with_secrets_masked(R"({"properties":{"a":{"$ref":"#/x/y"},"b":{"$ref":"#x"}}})", R"({"a":1,"b":2})"),
            R"({"a":1,"b":2})");
}

TEST(Secrets, StayWhatTheyWereUnderAMask) {
  const char* const in_force = R"({"host":"old","token":"t","keys":[{"id":1,"key":"k1"}]})";
  EXPECT_EQ(with_secrets_of(in_force, kSchema, R"({"host":"new","token":"***","keys":[{"id":1,"key":"***"}]})").value(),
            R"({"host":"new","keys":[{"id":1,"key":"k1"}],"token":"t"})");
}

TEST(Secrets, MayBeReplacedBesideTheirMasks) {
  EXPECT_EQ(with_secrets_of(R"({"token":"t"})", kSchema, R"({"token":"new"})").value(), R"({"token":"new"})");
}

TEST(Secrets, CannotStayWhenThereWereNone) {
  const auto refused =
      with_secrets_of(R"({"keys":[{"key":"k1"}]})", kSchema, R"({"keys":[{"key":"***"},{"key":"***"}]})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("/keys/1/key"));
}

TEST(Secrets, LeaveAMaskAloneThatIsNoSecret) {
  EXPECT_EQ(with_secrets_of("{}", kSchema, R"({"host":"***"})").value(), R"({"host":"***"})");
}

TEST(Secrets, LeaveADocumentWithoutMasksAsItWasWritten) {
  const char* const given = "{ \"host\" : 12345678901234567890123 }";
  EXPECT_EQ(with_secrets_of("{}", kSchema, given).value(), given);
}

TEST(Secrets, AreTakenOutOfWhatAPluginSays) {
  EXPECT_EQ(without_secrets("token 'abc' and abcdef; host h", kSchema,
                            R"({"host":"h","token":"abc","login":{"password":"abcdef"}})"),
            "token '***' and ***; host h");
  EXPECT_EQ(without_secrets("no secret", kSchema, "no JSON"), "no secret");
}

}  // namespace
}  // namespace herald::providers
