#include "providers/version.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace herald::providers {
namespace {

TEST(Version, IsWhatTheSpecificationAllows) {
  for (const char* text : {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x-y-z.-",
                           "1.0.0-0a", "1.0.0+001", "1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85",
                           "1.0.0+21AF26D3----117B344092BD", "99999999999999999999999.0.0", "1.0.0--"}) {
    EXPECT_TRUE(is_semver(text)) << text;
  }
}

TEST(Version, IsNothingElse) {
  for (const char* text : {"",          "1",         "1.0",    "1.0.0.0", "v1.0.0",   "01.0.0",        "1.00.0",
                           "1.0.-1",    "1.0.0-",    "1.0.0+", "1..0",    "1.0.0-01", "1.0.0-a..b",    "1.0.0+a..b",
                           "1.0.0-a_b", "1.0.0+a+b", " 1.0.0", "1.0.0 ",  "a.b.c",    "1.0.0-\xc3\xa4"}) {
    EXPECT_FALSE(is_semver(text)) << text;
  }
  EXPECT_TRUE(is_semver("1.0.0-" + std::string(122, 'a')));
  EXPECT_FALSE(is_semver("1.0.0-" + std::string(123, 'a')));
}

// The order of section 11, each below the next.
TEST(Version, HasThePrecedenceOfTheSpecification) {
  const std::vector<std::string> ascending{"0.0.0-0",
                                           "0.0.0",
                                           "0.0.1",
                                           "0.1.0",
                                           "1.0.0-0",
                                           "1.0.0-1",
                                           "1.0.0-10",
                                           "1.0.0-2147483648",
                                           "1.0.0-99999999999999999999999",
                                           "1.0.0--",
                                           "1.0.0-0a",
                                           "1.0.0-alpha",
                                           "1.0.0-alpha.1",
                                           "1.0.0-alpha.beta",
                                           "1.0.0-beta",
                                           "1.0.0-beta.2",
                                           "1.0.0-beta.11",
                                           "1.0.0-beta.11.0",
                                           "1.0.0-rc.1",
                                           "1.0.0",
                                           "2.0.0",
                                           "2.1.0",
                                           "2.1.1",
                                           "2.9.0",
                                           "2.10.0",
                                           "10.0.0",
                                           "18446744073709551616.0.0",
                                           "99999999999999999999999.0.0"};
  for (std::size_t low = 0; low < ascending.size(); ++low) {
    EXPECT_TRUE(is_semver(ascending[low])) << ascending[low];
    EXPECT_TRUE(compare_versions(ascending[low], ascending[low]) == 0) << ascending[low];
    for (std::size_t high = low + 1; high < ascending.size(); ++high) {
      EXPECT_TRUE(compare_versions(ascending[low], ascending[high]) < 0) << ascending[low] << " " << ascending[high];
      EXPECT_TRUE(compare_versions(ascending[high], ascending[low]) > 0) << ascending[high] << " " << ascending[low];
    }
  }
}

TEST(Version, HasNoPrecedenceByItsBuild) {
  EXPECT_TRUE(compare_versions("1.0.0+1", "1.0.0+2") == 0);
  EXPECT_TRUE(compare_versions("1.0.0+1-z", "1.0.0") == 0);
  EXPECT_TRUE(compare_versions("1.0.0-rc.1+9", "1.0.0-rc.1") == 0);
  EXPECT_TRUE(compare_versions("1.0.0-rc.1+9", "1.0.0-rc.2") < 0);
}

}  // namespace
}  // namespace herald::providers
