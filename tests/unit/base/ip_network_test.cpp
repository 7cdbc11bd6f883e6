#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace herald::base {
namespace {

bool holds(const char* network, const char* address) {
  const auto parsed = IpNetwork::parse(network);
  const auto ip = parse_ip(address);
  EXPECT_TRUE(parsed) << network;
  EXPECT_TRUE(ip) << address;
  return parsed && ip && parsed->contains(*ip);
}

TEST(IpNetwork, HoldsTheAddressesOfItsPrefix) {
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(holds("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
}

TEST(IpNetwork, IsOneAddressWithoutAPrefix) {
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(holds("::1", "::1"));
}

TEST(IpNetwork, KnowsAnAddressOfVersionFourThatIsMappedIntoSix) {
  EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(holds("::ffff:10.1.2.3", "10.1.2.3"));
}

TEST(IpNetwork, DoesNotLookAtAZone) {
  EXPECT_TRUE(holds("fe80::/10", "fe80::1%eth0"));
}

TEST(IpNetwork, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "::1/0",
                           "::/129", "010.0.0.1", "10.0.0", "host", "10.0.0.1%eth0", "fe80::1%eth0"})
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
}

TEST(IpNetwork, ComesInListsOfWhichEveryMemberMustBeOne) {
  EXPECT_EQ(parse_networks("10.0.0.0/8, 2001:db8::/32 ,::1")->size(), 3U);
  for (const char* text : {"", ",", "10.0.0.0/8,", "10.0.0.0/8 ::1"})
    EXPECT_FALSE(parse_networks(text)) << text;
}

TEST(Loopback, IsOfBothVersions) {
  for (const char* text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback(*parse_ip(text))) << text;
  for (const char* text : {"128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:1.2.3.4"})
    EXPECT_FALSE(is_loopback(*parse_ip(text))) << text;
}

TEST(MaskedIp, ShowsTheNetworkAlone) {
  EXPECT_EQ(masked_ip("203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(masked_ip("::ffff:203.0.113.77"), "203.0.113.0/24");
  EXPECT_EQ(masked_ip("2001:db8:7:8:9::1"), "2001:db8:7::/48");
  EXPECT_EQ(masked_ip("jo@example.org"), "unknown");
}

}  // namespace
}  // namespace herald::base
