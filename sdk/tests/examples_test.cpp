// The template and the examples of the manual do what they say.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

#include "process_view.h"
#include "support/temp_dir.h"

namespace herald::testkit {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Template, SendsAndRejects) {
  PluginUnderTest plugin(HERALD_TEMPLATE);
  ASSERT_EQ(plugin.configure("{}").result, HERALD_OK);
  ASSERT_EQ(plugin.start(), HERALD_OK);
  EXPECT_EQ(plugin.send({}).provider_message_id, "template-token-0");
  TestMessage nowhere;
  nowhere.to.clear();
  EXPECT_EQ(plugin.send(nowhere).code, HERALD_OUTCOME_REJECTED);
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Template, IsShorterThanThirtyLinesAndStandsInTheManual) {
  const std::filesystem::path sdk = HERALD_SDK_FOLDER;
  const auto source = content(sdk / "template" / "provider.cpp");
  ASSERT_FALSE(source.empty());
  EXPECT_LT(std::count(source.begin(), source.end(), '\n'), 30);
  const auto code = source.substr(source.find("#include"));
  EXPECT_THAT(content(sdk / "README.md"), HasSubstr("```cpp\n" + code + "```"));
}

TEST(Examples, ExportNothingButTheirEntry) {
  for (const char* file :
       {HERALD_TEMPLATE, HERALD_SPOOL, HERALD_DISCARD, HERALD_CALLBACKS, HERALD_BORDER_SYNC, HERALD_BORDER_ASYNC})
    EXPECT_THAT(exported_symbols(file), ElementsAre("herald_plugin_entry")) << file;
}

TEST(Discard, TakesEveryMessageAndCountsThem) {
  PluginUnderTest plugin(HERALD_DISCARD);
  ASSERT_EQ(plugin.configure("{}").result, HERALD_OK);
  ASSERT_EQ(plugin.start(), HERALD_OK);
  ASSERT_EQ(plugin.submit(std::vector<TestMessage>(300)).result, HERALD_OK);
  EXPECT_EQ(plugin.completions().all().size(), 300U);
  EXPECT_EQ(plugin.completions().all()[0].provider_message_id, "token-0");
  EXPECT_EQ(plugin.host().metric("discarded_total"), 300);
  EXPECT_EQ(plugin.drain(1s), HERALD_OK);
  plugin.stop();
  EXPECT_EQ(plugin.submit({TestMessage{}}).result, HERALD_E_STATE);
}

class Callbacks : public ::testing::Test {
 protected:
  Callbacks() {
    EXPECT_EQ(plugin_.configure(R"({"secret": "hush"})").result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  WebhookAnswer form(const std::string& encoded, const std::string& secret = "hush") {
    auto request = TestWebhook::form(encoded);
    request.headers.emplace_back("X-Secret", secret);
    return plugin_.webhook(request);
  }

  PluginUnderTest plugin_{HERALD_CALLBACKS};
};

TEST_F(Callbacks, BringRepliesAndReceipts) {
  const WebhookAnswer reply = form("id=1&from=%2B15550101&to=%2B15550100&text=Hello");
  EXPECT_EQ(reply.status, 204U);
  ASSERT_EQ(reply.events.messages.size(), 1U);
  EXPECT_EQ(reply.events.messages[0].from, "+15550101");
  EXPECT_EQ(reply.events.messages[0].body, "Hello");
  const WebhookAnswer receipts = form("status=delivered&id=" + plugin_.send({}).provider_message_id);
  ASSERT_EQ(receipts.events.receipts.size(), 1U);
  EXPECT_EQ(receipts.events.receipts[0].provider_message_id(), "callbacks-token-0");
  EXPECT_EQ(form("status=failed&id=1&code=blocked").events.receipts[0].error_code(), "blocked");
  EXPECT_TRUE(plugin_.declares_receipts());
}

TEST_F(Callbacks, AreRefusedWithoutTheSecretAndWhenTheyAreMalformed) {
  EXPECT_EQ(form("id=1&status=delivered", "wrong").status, 401U);
  EXPECT_EQ(form("id=%").status, 400U);
  EXPECT_EQ(form("id=1&from=a&to=b&text=").status, 400U) << "the SDK refuses a message without words";
  EXPECT_EQ(form("status=delivered").status, 400U) << "the SDK refuses a receipt without an id";
}

TEST_F(Callbacks, StandInTheManual) {
  const std::filesystem::path sdk = HERALD_SDK_FOLDER;
  const auto source = content(sdk / "examples" / "callbacks.cpp");
  const auto begin = source.find("  herald::WebhookResponse webhook");
  ASSERT_NE(begin, std::string::npos);
  std::string shown;
  std::istringstream lines(source.substr(begin, source.find("\n\n private:", begin) - begin));
  for (std::string line; std::getline(lines, line);)
    shown += line.substr(2) + "\n";
  EXPECT_THAT(content(sdk / "README.md"), HasSubstr("```cpp\n" + shown + "```"));
}

class Spool : public ::testing::Test {
 protected:
  std::string configuration(const std::filesystem::path& file) const {
    return R"({"file": ")" + file.string() + R"("})";
  }

  test::TempDir folder_;
  PluginUnderTest plugin_{HERALD_SPOOL};
};

TEST_F(Spool, AppendsEveryMessageBeforeItIsASuccess) {
  const auto file = folder_ / "out.jsonl";
  ASSERT_EQ(plugin_.configure(configuration(file)).result, HERALD_OK);
  ASSERT_EQ(plugin_.start(), HERALD_OK);
  EXPECT_EQ(plugin_.send({}).code, HERALD_OUTCOME_SUCCESS);
  EXPECT_THAT(content(file), HasSubstr(R"("token":"token-0")"));
  ASSERT_EQ(plugin_.submit(std::vector<TestMessage>(500)).result, HERALD_OK);
  ASSERT_EQ(plugin_.drain(10s), HERALD_OK);
  const auto text = content(file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 501);
  EXPECT_EQ(plugin_.host().metric("written_total"), 501);
}

TEST_F(Spool, RefusesAFileThatItCannotWriteAndKeepsTheFormer) {
  const auto file = folder_ / "out.jsonl";
  ASSERT_EQ(plugin_.configure(configuration(file)).result, HERALD_OK);
  ASSERT_EQ(plugin_.start(), HERALD_OK);
  EXPECT_EQ(plugin_.configure(configuration(folder_ / "missing" / "out")).result, HERALD_E_INVALID);
  EXPECT_EQ(plugin_.configure("{}").result, HERALD_E_INTERNAL) << "the host's schema refuses it first";
  EXPECT_EQ(plugin_.send({}).code, HERALD_OUTCOME_SUCCESS);
  EXPECT_NE(content(file), "");
}

TEST_F(Spool, FailsWhatTheDiskDoesNotTake) {
  ASSERT_EQ(plugin_.configure(R"({"file": "/dev/full"})").result, HERALD_OK);
  ASSERT_EQ(plugin_.start(), HERALD_OK);
  EXPECT_EQ(plugin_.send({}).error_code, "disk");
}

}  // namespace
}  // namespace herald::testkit
