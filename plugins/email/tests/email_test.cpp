// What the email mock adds to what all mocks do.
#include <string>

#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

class Email : public ::testing::Test {
 protected:
  Email() {
    EXPECT_EQ(plugin_.configure("{}").result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  Completed send(const std::string& token) {
    TestMessage message;
    message.channel = "email";
    message.subject = "Greetings";
    message.dispatch_token = token;
    return plugin_.send(message);
  }

  PluginUnderTest plugin_{HERALD_MOCK_FILE};
};

TEST_F(Email, ServesEmailAlone) {
  ASSERT_EQ(plugin_.descriptor().channel_count, 1U);
  EXPECT_EQ(herald::detail::view(plugin_.descriptor().channels[0]), "email");
}

TEST_F(Email, NamesAMessageByAMessageIdOfItsToken) {
  EXPECT_EQ(send("01J-token").provider_message_id, "<01J-token@mock.herald>");
}

TEST_F(Email, EscapesWhatAMessageIdMayNotHold) {
  EXPECT_EQ(send("a b@c>d=e.f").provider_message_id, "<a=20b=40c=3Ed=3De=2Ef@mock.herald>");
}

TEST_F(Email, CountsNoSegments) {
  const Completed completed = send("token");
  EXPECT_EQ(completed.segments, 0U);
  EXPECT_EQ(completed.encoding, "");
}

TEST_F(Email, RejectsAnSms) {
  TestMessage sms;
  EXPECT_EQ(plugin_.send(sms).error_code, "unsupported_channel");
}

}  // namespace
}  // namespace herald::testkit
