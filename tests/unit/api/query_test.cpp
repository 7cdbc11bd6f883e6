// Parameters, as hostile clients write them.
#include "api/query.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::api {
namespace {

class QueryText : public ::testing::Test {
 protected:
  static Query read(std::string_view text) { return Query(text, {"from", "limit"}); }

  // The pointers of the faults, in their order.
  static std::string faults_of(const Query& query) {
    std::string pointers;
    for (const auto& fault : query.faults().list())
      pointers += "[" + fault.pointer + "]";
    return pointers;
  }

  static std::optional<std::uint64_t> limit(const std::string& value) {
    auto query = read("limit=" + value);
    const auto number = query.number_within("limit", 1, 200);
    EXPECT_EQ(number.has_value(), query.valid()) << value;
    return number;
  }
};

TEST_F(QueryText, GivesItsValuesByName) {
  const auto query = read("limit=7&from=a%20b%2B=c");
  EXPECT_TRUE(query.valid());
  EXPECT_EQ(query.get("limit"), "7");
  EXPECT_EQ(query.get("from"), "a b+=c");
}

TEST_F(QueryText, KeepsAPlus) {
  EXPECT_EQ(read("from=+1+2").get("from"), "+1+2");
}

TEST_F(QueryText, MayBeEmpty) {
  for (const char* text : {"", "&", "&&&"}) {
    EXPECT_TRUE(read(text).valid()) << text;
    EXPECT_EQ(read(text).get("from"), std::nullopt);
  }
}

TEST_F(QueryText, RefusesANameThatIsNotKnown) {
  EXPECT_EQ(faults_of(read("form=x")), "[/form]");
  EXPECT_EQ(faults_of(read("FROM=x")), "[/FROM]");
  EXPECT_EQ(faults_of(read("=x")), "[/]");
  EXPECT_EQ(faults_of(read("x")), "[/x]");
  EXPECT_EQ(faults_of(read("from%00=x")), std::string("[/from\0]", 8));
}

TEST_F(QueryText, RefusesAParameterThatStandsTwice) {
  const auto query = read("from=a&limit=5&from=a&fr%6fm=b");
  EXPECT_EQ(faults_of(query), "[/from]");
  EXPECT_EQ(query.get("from"), std::nullopt);
  EXPECT_EQ(query.get("limit"), "5");
}

TEST_F(QueryText, RefusesAnEmptyValue) {
  for (const char* text : {"from", "from=", "from=&limit=5"})
    EXPECT_EQ(faults_of(read(text)), "[/from]") << text;
}

TEST_F(QueryText, RefusesABrokenEscape) {
  for (const char* text : {"from=%", "from=%4", "from=%zz", "from=a%%20"})
    EXPECT_EQ(faults_of(read(text)), "[/from]") << text;
  EXPECT_EQ(faults_of(read("%zz=1")), "[]");
}

TEST_F(QueryText, FindsEveryFaultAtOnce) {
  auto query = read("a=1&b=2&from=&limit=x");
  query.number("limit");
  EXPECT_EQ(faults_of(query), "[/a][/b][/from][/limit]");
}

TEST_F(QueryText, RepeatsNoValueInAFault) {
  auto query = read("limit=SECRET&from=SECRET%&from=SECRET");
  query.number("limit");
  for (const auto& fault : query.faults().list())
    EXPECT_EQ(fault.message.find("SECRET"), std::string::npos);
}

TEST_F(QueryText, SurvivesThousandsOfParameters) {
  std::string text;
  for (int i = 0; i < 8'000; ++i)
    text += "x" + std::to_string(i) + "=1&";
  EXPECT_EQ(read(text).faults().list().size(), intake::Faults::kMax);
}

TEST_F(QueryText, ReadsNumbersWithinTheirBounds) {
  EXPECT_EQ(limit("1"), 1U);
  EXPECT_EQ(limit("200"), 200U);
  EXPECT_EQ(limit("007"), 7U);
}

TEST_F(QueryText, RefusesWhatIsNoNumberWithinTheBounds) {
  for (const char* value : {"0", "201", "-1", "+1", "1.0", "1e2", "0x10", "%201", "1%20", "ten", "%D9%A1", "1,000",
                            "4294967297", "18446744073709551617", "99999999999999999999999999999999999999"}) {
    EXPECT_EQ(limit(value), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace herald::api
