// Which addresses count as one client.
#include "intake/remote_network.h"

#include <gtest/gtest.h>

namespace herald::intake {
namespace {

TEST(RemoteNetwork, OfIpv4IsTheAddress) {
  EXPECT_EQ(network_of("192.0.2.1"), std::string("\xc0\x00\x02\x01", 4));
  EXPECT_NE(network_of("192.0.2.1"), network_of("192.0.2.2"));
}

TEST(RemoteNetwork, OfIpv6IsIts64) {
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), std::string("\x20\x01\x0d\xb8\x00\x01\x00\x02", 8));
  EXPECT_EQ(network_of("2001:db8:1:2::"), network_of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
}

TEST(RemoteNetwork, OfMappedIpv4IsThatOfIpv4) {
  EXPECT_EQ(network_of("::ffff:192.0.2.1"), network_of("192.0.2.1"));
  EXPECT_NE(network_of("::ffff:192.0.2.1"), network_of("::ffff:192.0.2.2"));
  EXPECT_NE(network_of("::fffe:192.0.2.1"), network_of("192.0.2.1"));
}

TEST(RemoteNetwork, LeavesTheZoneOut) {
  EXPECT_EQ(network_of("fe80::1%eth0"), network_of("fe80::2"));
}

TEST(RemoteNetwork, OfWhatIsNoAddressIsTheTextItself) {
  EXPECT_EQ(network_of(""), "");
  EXPECT_EQ(network_of("not an address"), "not an address");
}

}  // namespace
}  // namespace herald::intake
