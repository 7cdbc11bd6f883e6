#include "base/time_text.h"

#include <gtest/gtest.h>

namespace herald::base {
namespace {

std::string round_trip(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : "refused";
}

TEST(Rfc3339, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(1'767'323'045'678)), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsEveryFormOfTheGrammar) {
  EXPECT_EQ(round_trip("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(round_trip("2026-01-02t03:04:05.6z"), "2026-01-02T03:04:05.600Z");
  EXPECT_EQ(round_trip("2026-01-02T03:04:05.678999999+05:30"), "2026-01-01T21:34:05.678Z");
  EXPECT_EQ(round_trip("2024-02-29T23:59:60-00:00"), "2024-03-01T00:00:00.000Z");
}

TEST(Rfc3339, RefusesAllElse) {
  for (const char* text : {"", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05+5:30", "2026-01-02T03:04:05ZZ", "26-01-02T03:04:05Z", "yesterday"}) {
    EXPECT_EQ(round_trip(text), "refused") << text;
  }
}

}  // namespace
}  // namespace herald::base
