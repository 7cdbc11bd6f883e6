#include "config/wording.h"

#include <gtest/gtest.h>

namespace herald::config {
namespace {

const std::vector<std::string> kNames{"port", "host", "log_level", "log_format", "breaker_open_secs"};

TEST(Nearest, FindsWhatASlipWasMeantFor) {
  EXPECT_EQ(nearest("prot", kNames), "port");
  EXPECT_EQ(nearest("Port", kNames), "port");
  EXPECT_EQ(nearest("--log-levle", kNames), "log_level");
  EXPECT_EQ(nearest("API_BREAKER_OPN_SECS", kNames), "breaker_open_secs");
}

TEST(Nearest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("data", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("x", kNames), "");
  EXPECT_EQ(nearest(std::string(100'000, 'p'), kNames), "");
}

TEST(InQuotes, EscapesWhatATerminalOrALogWouldObey) {
  EXPECT_EQ(in_quotes("a\nb\x1b[0m"), R"("a\x0ab\x1b[0m")");
  EXPECT_EQ(in_quotes(R"(say "hi" \)"), R"("say \"hi\" \\")");
}

TEST(InQuotes, EscapesControlCharactersOfMoreBytesThanOne) {
  EXPECT_EQ(in_quotes("a\xC2\x9B"
                      "b\u2028\u2029\u00A0"),
            "\"a\\xc2\\x9bb\\xe2\\x80\\xa8\\xe2\\x80\\xa9\u00A0\"");
}

TEST(InQuotes, CutsBetweenCharacters) {
  std::string text(79, 'a');
  text += "éé";
  EXPECT_EQ(in_quotes(text), "\"" + std::string(79, 'a') + "…\"");
}

}  // namespace
}  // namespace herald::config
