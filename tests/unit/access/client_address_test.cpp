#include "access/client_address.h"

#include <gtest/gtest.h>

namespace herald::access {
namespace {

class ClientAddress : public ::testing::Test {
 protected:
  std::string of(std::string_view peer, const std::vector<std::string_view>& forwarded) const {
    return std::string(client_address(peer, forwarded, trusted_));
  }

  std::vector<base::IpNetwork> trusted_ = *base::parse_networks("10.0.0.0/8,2001:db8::/32");
};

TEST_F(ClientAddress, IsThePeersWhereItIsNoProxy) {
  EXPECT_EQ(of("203.0.113.1", {"198.51.100.7"}), "203.0.113.1") << "anyone can write the field";
  EXPECT_EQ(of("10.0.0.1", {}), "10.0.0.1");
  trusted_.clear();
  EXPECT_EQ(of("10.0.0.1", {"198.51.100.7"}), "10.0.0.1");
}

TEST_F(ClientAddress, IsTheRightMostThatIsNoProxys) {
  EXPECT_EQ(of("10.0.0.1", {"198.51.100.7"}), "198.51.100.7");
  EXPECT_EQ(of("10.0.0.1", {"192.0.2.66, 198.51.100.7"}), "198.51.100.7") << "the left one is the client's own word";
  EXPECT_EQ(of("10.0.0.1", {"192.0.2.66,198.51.100.7 ,\t10.9.9.9"}), "198.51.100.7");
  EXPECT_EQ(of("2001:db8::9", {"2001:4860::1"}), "2001:4860::1");
  EXPECT_EQ(of("::ffff:10.0.0.1", {"198.51.100.7"}), "198.51.100.7");
}

TEST_F(ClientAddress, ReadsSeveralFieldsAsOne) {
  EXPECT_EQ(of("10.0.0.1", {"192.0.2.66", "198.51.100.7, 10.0.0.2", "10.0.0.3"}), "198.51.100.7");
}

TEST_F(ClientAddress, IsTheLeftMostWhereAllAreProxies) {
  EXPECT_EQ(of("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
}

TEST_F(ClientAddress, StopsAtWhatIsNoAddress) {
  for (const char* entry : {"unknown", "", "_hidden", "300.1.1.1", "[2001:4860::1", "198.51.100.7:80:81"})
    EXPECT_EQ(of("10.0.0.1", {"198.51.100.7, " + std::string(entry) + ", 10.0.0.2"}), "10.0.0.2") << entry;
  EXPECT_EQ(of("10.0.0.1", {""}), "10.0.0.1");
  EXPECT_EQ(of("10.0.0.1", {","}), "10.0.0.1");
}

TEST_F(ClientAddress, ComesWithoutAPort) {
  EXPECT_EQ(of("10.0.0.1", {"198.51.100.7:4711"}), "198.51.100.7");
  EXPECT_EQ(of("10.0.0.1", {"[2001:4860::1]:4711"}), "2001:4860::1");
  EXPECT_EQ(of("10.0.0.1", {"[2001:4860::1]"}), "2001:4860::1");
}

}  // namespace
}  // namespace herald::access
