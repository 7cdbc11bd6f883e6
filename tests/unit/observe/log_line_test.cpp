#include "observe/log_line.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace herald::observe {
namespace {

constexpr base::WallTime kTime = base::from_unix_ms(1'767'323'045'678);  // 2026-01-02T03:04:05.678Z

std::string line(LogFormat format, LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  std::string rest;
  std::string whole;
  format_rest(format, level, event, fields, rest);
  append_line(format, kTime, rest, whole);
  return whole;
}

std::string text(std::initializer_list<Field> fields) {
  const std::string head = "2026-01-02T03:04:05.678Z info  test ";
  const std::string whole = line(LogFormat::kText, LogLevel::kInfo, "test", fields);
  EXPECT_EQ(whole.substr(0, head.size()), head);
  return whole.substr(head.size(), whole.size() - head.size() - 1);
}

nlohmann::ordered_json json(std::initializer_list<Field> fields) {
  return nlohmann::ordered_json::parse(line(LogFormat::kJson, LogLevel::kInfo, "test", fields));
}

TEST(TextLine, ShowsTimeLevelEventAndFieldsInTheirOrder) {
  EXPECT_EQ(line(LogFormat::kText, LogLevel::kInfo, "dispatch.settled", {{"message_id", "0A"}, {"outcome", "success"}}),
            "2026-01-02T03:04:05.678Z info  dispatch.settled message_id=0A outcome=success\n");
}

TEST(TextLine, PutsEveryEventInOneColumn) {
  for (const auto level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError})
    EXPECT_EQ(line(LogFormat::kText, level, "x", {}).find(" x\n"),
              std::string("2026-01-02T03:04:05.678Z trace").size());
}

TEST(TextLine, WritesPlainValuesBareAndQuotesTheRest) {
  EXPECT_EQ(text({{"a", "plain-1.0/x"}}), "a=plain-1.0/x");
  EXPECT_EQ(text({{"a", ""}}), "a=\"\"");
  EXPECT_EQ(text({{"a", "two words"}}), "a=\"two words\"");
  EXPECT_EQ(text({{"a", "b=c"}}), "a=\"b=c\"");
  EXPECT_EQ(text({{"a", "say \"hi\""}}), R"(a="say \"hi\"")");
  EXPECT_EQ(text({{"a", "back\\slash"}}), R"(a="back\\slash")");
  EXPECT_EQ(text({{"a", "žluťoučký"}}), "a=\"žluťoučký\"");
}

TEST(TextLine, WritesNumbersAndFlags) {
  EXPECT_EQ(text({{"a", -7}, {"b", std::numeric_limits<std::uint64_t>::max()}, {"c", 0.25}, {"d", true}}),
            "a=-7 b=18446744073709551615 c=0.25 d=true");
  EXPECT_EQ(text({{"a", std::numeric_limits<std::int64_t>::min()}}), "a=-9223372036854775808");
}

class Injection : public ::testing::TestWithParam<LogFormat> {
 protected:
  std::string written(std::string_view value) { return line(GetParam(), LogLevel::kInfo, "test", {{"a", value}}); }
};
INSTANTIATE_TEST_SUITE_P(Both, Injection, ::testing::Values(LogFormat::kText, LogFormat::kJson),
                         [](const auto& format) { return format.param == LogFormat::kText ? "Text" : "Json"; });

TEST_P(Injection, NoControlCharacterLeavesRaw) {
  for (int byte = 0; byte < 0x20; ++byte) {
    const std::string whole = written("x" + std::string(1, static_cast<char>(byte)) + "y");
    for (std::size_t i = 0; i + 1 < whole.size(); ++i)
      EXPECT_GE(static_cast<unsigned char>(whole[i]), 0x20) << byte;
    EXPECT_EQ(whole.back(), '\n');
  }
}

TEST_P(Injection, ASecondLineCannotBeForged) {
  const std::string whole = written("ok\n2026-01-02T03:04:05.678Z error store.lost\r\x1b[2K");
  EXPECT_EQ(whole.find('\n'), whole.size() - 1);
  EXPECT_NE(whole.find(R"(ok\n2026)"), std::string::npos);
  EXPECT_NE(whole.find(R"(\r\u001b[2K)"), std::string::npos);
}

TEST_P(Injection, AValueCannotEndItsOwnQuotes) {
  EXPECT_NE(written("x\" admin=\"true").find(R"("x\" admin=\"true")"), std::string::npos);
}

TEST_P(Injection, MarksThatReorderOrBreakTextAreEscaped) {
  EXPECT_NE(written("\xE2\x80\xAE").find("\"\\u202e\""), std::string::npos);  // right-to-left override
  EXPECT_NE(written("\xE2\x80\xA8").find("\"\\u2028\""), std::string::npos);  // line separator
  EXPECT_NE(written("\xC2\x85").find("\"\\u0085\""), std::string::npos);      // next line, a C1 control
  EXPECT_NE(written("\xC2\x9B").find("\"\\u009b\""), std::string::npos);      // control sequence introducer
  EXPECT_NE(written("\x7F").find("\"\\u007f\""), std::string::npos);
}

TEST_P(Injection, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_NE(written("a\xFFz").find("\"a\xEF\xBF\xBDz\""), std::string::npos);
  EXPECT_NE(written("\xC0\xAF").find("\"\xEF\xBF\xBD\xEF\xBF\xBD\""), std::string::npos);        // overlong "/"
  EXPECT_NE(written("\xED\xA0\x80").find("\xEF\xBF\xBD"), std::string::npos);                    // a surrogate
  EXPECT_NE(written("\xF4\x90\x80\x80").find("\xEF\xBF\xBD"), std::string::npos);                // above U+10FFFF
  EXPECT_NE(written("end\xE2\x82").find("\"end\xEF\xBF\xBD\xEF\xBF\xBD\""), std::string::npos);  // cut short
}

TEST_P(Injection, ValidUtf8OfEveryLengthIsKept) {
  EXPECT_NE(written("¢ € 😀").find("\"¢ € 😀\""), std::string::npos);
}

TEST_P(Injection, NamesKeepOnlyNameCharacters) {
  const std::string whole = line(GetParam(), LogLevel::kInfo, "a\nb\"", {{"x y=\"", 1}});
  EXPECT_NE(whole.find("a_b_"), std::string::npos);
  EXPECT_NE(whole.find("x_y__"), std::string::npos);
}

TEST_P(Injection, AnEndlessValueIsCutAndSaysSo) {
  const std::string whole = written(std::string(1'000'000, 'x'));
  EXPECT_LT(whole.size(), kMaxFieldBytes + 200);
  EXPECT_NE(whole.find("...(1000000 bytes)\""), std::string::npos);
}

TEST_P(Injection, ACutNeverSplitsACharacter) {
  std::string value(kMaxFieldBytes - 1, 'x');
  value += "€€";
  const std::string whole = written(value);
  EXPECT_NE(whole.find("x€..."), std::string::npos);
}

TEST(JsonLine, IsOneObjectWithTimeLevelAndEventFirst) {
  EXPECT_EQ(line(LogFormat::kJson, LogLevel::kWarn, "breaker.opened", {{"provider_name", "email"}, {"failures", 20}}),
            "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\"event\":\"breaker.opened\","
            "\"provider_name\":\"email\",\"failures\":20}\n");
}

TEST(JsonLine, KeepsTypes) {
  const auto object = json({{"text", "7"}, {"number", 7}, {"flag", false}, {"real", 0.5}});
  EXPECT_TRUE(object["text"].is_string());
  EXPECT_TRUE(object["number"].is_number_integer());
  EXPECT_TRUE(object["flag"].is_boolean());
  EXPECT_TRUE(object["real"].is_number_float());
}

TEST(JsonLine, WritesNumbersThatJsonLacksAsText) {
  const auto object = json({{"a", std::nan("")}, {"b", HUGE_VAL}, {"c", -HUGE_VAL}});
  EXPECT_EQ(object["a"], "nan");
  EXPECT_EQ(object["b"], "inf");
  EXPECT_EQ(object["c"], "-inf");
}

TEST(JsonLine, ReadsBackWhatWasWritten) {
  const std::string value = "quote \" slash \\ / tab \t newline \n bell \a é 漢 😀 \xE2\x80\xAE";
  EXPECT_EQ(json({{"a", value}})["a"], value);
}

TEST(JsonLine, AFieldCannotReplaceTheEnvelope) {
  const auto object = json({{"level", "error"}, {"ts", "never"}, {"event", "other"}});
  EXPECT_EQ(object["level"], "info");
  EXPECT_EQ(object["level_"], "error");
  EXPECT_EQ(object["ts"], "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(object["event"], "test");
}

}  // namespace
}  // namespace herald::observe
