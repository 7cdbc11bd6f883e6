// What the SMS and MMS mock adds to what all mocks do.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

class SmsMms : public ::testing::Test {
 protected:
  SmsMms() {
    EXPECT_EQ(plugin_.configure("{}").result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  Completed send(const std::string& channel, const std::string& body) {
    TestMessage message;
    message.channel = channel;
    message.body = body;
    return plugin_.send(message);
  }

  PluginUnderTest plugin_{HERALD_MOCK_FILE};
};

TEST_F(SmsMms, ServesSmsAndMms) {
  const herald_plugin& plugin = plugin_.descriptor();
  ASSERT_EQ(plugin.channel_count, 2U);
  EXPECT_EQ(herald::detail::view(plugin.channels[0]), "sms");
  EXPECT_EQ(herald::detail::view(plugin.channels[1]), "mms");
}

TEST_F(SmsMms, CountsTheSegmentsOfAnSms) {
  const Completed plain = send("sms", std::string(161, 'a'));
  EXPECT_EQ(plain.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(plain.segments, 2U);
  EXPECT_EQ(plain.encoding, "GSM-7");
  const Completed unicode = send("sms", "Здравей");
  EXPECT_EQ(unicode.segments, 1U);
  EXPECT_EQ(unicode.encoding, "UCS-2");
}

TEST_F(SmsMms, CountsNoSegmentsForAnMms) {
  const Completed completed = send("mms", std::string(161, 'a'));
  EXPECT_EQ(completed.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(completed.segments, 0U);
  EXPECT_EQ(completed.encoding, "");
}

TEST_F(SmsMms, TellsNoSegmentsForWhatIsNotSent) {
  plugin_.set_faults({0, 100, 0, std::nullopt});
  EXPECT_EQ(send("sms", "Hello").segments, 0U);
}

TEST_F(SmsMms, NamesAMessageAfterItsToken) {
  TestMessage message;
  message.dispatch_token = "01J-token";
  EXPECT_EQ(plugin_.send(message).provider_message_id, "mock-01J-token");
}

TEST_F(SmsMms, CountsSegmentsInAMetric) {
  send("sms", std::string(307, 'a'));
  send("sms", "Hello");
  send("mms", "Hello");
  EXPECT_EQ(plugin_.host().metric("segments_total"), 4);
}

}  // namespace
}  // namespace herald::testkit
