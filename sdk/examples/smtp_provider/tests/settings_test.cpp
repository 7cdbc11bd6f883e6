#include "settings.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtp {
namespace {

using testing::HasSubstr;
using testing::Not;

class Configured : public testing::Test {
 protected:
  std::string fault_of(const std::string& members) {
    const auto status = read_settings("{" + members + "}", settings_);
    return status.is_ok() ? "" : status.reason();
  }

  Settings settings_;
};

constexpr const char* kUrl = R"("url":"smtp://mail.example.com:587")";

std::string with(const std::string& members) {
  return std::string(kUrl) + "," + members;
}

TEST_F(Configured, IsSafeByDefault) {
  EXPECT_EQ(fault_of(kUrl), "");
  EXPECT_EQ(settings_.url, "smtp://mail.example.com:587/");
  EXPECT_EQ(settings_.starttls, StartTls::kRequired);
  EXPECT_TRUE(settings_.tls_verify);
}

TEST_F(Configured, PutsTheEhloNameIntoTheUrl) {
  EXPECT_EQ(fault_of(with(R"("helo":"client.example.net")")), "");
  EXPECT_EQ(settings_.url, "smtp://mail.example.com:587/client.example.net");
  EXPECT_EQ(fault_of(with(R"("helo":"[192.0.2.1]")")), "");
  EXPECT_THAT(fault_of(with(R"("helo":"a b")")), HasSubstr("helo"));
  EXPECT_THAT(fault_of(with(R"("helo":"a\r\nMAIL FROM:<b@c>")")), HasSubstr("helo"));
}

TEST_F(Configured, TakesAUrlOfAServerAlone) {
  for (const char* url : {"http://x", "x:25", "", "smtp://", "smtp://a b", "smtp://x/path", "smtp://x?q", "smtp://x#f",
                          "smtp://user@x", "smtp://user:pw@x", "smtp://x\\nEHLO", "smtp://x:99999999"})
    EXPECT_THAT(fault_of(R"("url":")" + std::string(url) + "\""), HasSubstr("url")) << url;
  EXPECT_EQ(fault_of(R"("url":"smtps://[::1]:465")"), "");
  EXPECT_EQ(settings_.starttls, StartTls::kNever);
}

TEST_F(Configured, SendsNoPasswordInTheClear) {
  const std::string user = R"(,"username":"u","password":"hunter2")";
  EXPECT_EQ(fault_of(kUrl + user), "");
  EXPECT_EQ(fault_of(R"("url":"smtps://x")" + user), "");
  EXPECT_THAT(fault_of(with(R"("starttls":"never")" + user)), HasSubstr("plaintext_auth"));
  EXPECT_THAT(fault_of(with(R"("starttls":"opportunistic")" + user)), HasSubstr("plaintext_auth"));
  EXPECT_EQ(fault_of(with(R"("starttls":"never","plaintext_auth":true)" + user)), "");
}

TEST_F(Configured, WantsCredentialsWhole) {
  EXPECT_THAT(fault_of(with(R"("username":"u")")), HasSubstr("both"));
  EXPECT_THAT(fault_of(with(R"("password":"p")")), HasSubstr("both"));
}

TEST_F(Configured, RefusesStarttlsOnAnEncryptedPort) {
  EXPECT_THAT(fault_of(R"("url":"smtps://x","starttls":"required")"), HasSubstr("starttls"));
}

TEST_F(Configured, WantsACaFileThatCanBeRead) {
  EXPECT_THAT(fault_of(with(R"("ca_file":"/nonexistent/ca.pem")")), HasSubstr("ca_file"));
  EXPECT_THAT(fault_of(with(R"("ca_file":"relative.pem")")), HasSubstr("ca_file"));
}

TEST_F(Configured, LetsNothingIntoHeadersThatBreaksThem) {
  EXPECT_THAT(fault_of(with(R"("from":"a@b\r\nBcc: c@d")")), HasSubstr("from"));
  EXPECT_THAT(fault_of(with(R"("from_name":"A\nB")")), HasSubstr("from_name"));
  EXPECT_THAT(fault_of(with(R"("envelope_sender":"a b@c")")), HasSubstr("envelope_sender"));
  EXPECT_THAT(fault_of(with(R"("message_id_domain":"a>b")")), HasSubstr("message_id_domain"));
}

TEST_F(Configured, KeepsTheFormerSettingsAfterAFault) {
  EXPECT_EQ(fault_of(with(R"("connections":3)")), "");
  EXPECT_NE(fault_of(R"("url":"http://x","connections":5)"), "");
  EXPECT_EQ(settings_.connections, 3U);
}

TEST_F(Configured, NamesNoSecretInAFault) {
  for (const char* members : {R"("url":1,"password":"hunter2")", R"("password":"hunter2" hunter2)"})
    EXPECT_THAT(fault_of(members), testing::AllOf(Not(HasSubstr("hunter2")), Not(testing::IsEmpty())));
}

}  // namespace
}  // namespace smtp
