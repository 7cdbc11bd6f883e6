// The built library through the contract, without a server: what it refuses, and when.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace smtp {
namespace {

using herald::testkit::PluginUnderTest;
using herald::testkit::TestMessage;
using testing::HasSubstr;

// A port of loopback where nobody listens, and nobody else will.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port");
    port_ = ntohs(address.sin_port);
  }
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort() { ::close(socket_); }

  int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

class Plugin : public testing::Test {
 protected:
  Plugin() : plugin_(SMTP_PLUGIN) {
    message_.channel = "email";
    message_.from = "a@example.org";
    message_.to = "b@example.com";
  }

  std::string config() const {
    return R"({"starttls":"never","url":"smtp://127.0.0.1:)" + std::to_string(closed_.port()) + "\"}";
  }
  void run() {
    ASSERT_EQ(plugin_.configure(config()).result, HERALD_OK);
    ASSERT_EQ(plugin_.start(), HERALD_OK);
  }
  std::string code_of(const TestMessage& message) { return plugin_.send(message).error_code; }

  ClosedPort closed_;
  PluginUnderTest plugin_;
  TestMessage message_;
};

TEST_F(Plugin, SaysWhatItIs) {
  EXPECT_EQ(herald::detail::view(plugin_.descriptor().name), "smtp");
  EXPECT_EQ(plugin_.descriptor().thread_model, static_cast<std::uint32_t>(HERALD_THREADS_BLOCKING));
  EXPECT_FALSE(plugin_.takes_webhooks());
}

TEST_F(Plugin, RefusesAConfigurationAndKeepsTheFormer) {
  run();
  EXPECT_EQ(plugin_.configure("{}").result, HERALD_E_INVALID);
  EXPECT_EQ(plugin_.configure("[1").result, HERALD_E_INVALID);
  const auto refused = plugin_.configure(R"({"url":"http://127.0.0.1"})");
  EXPECT_EQ(refused.result, HERALD_E_INVALID);
  EXPECT_THAT(refused.error, HasSubstr("smtp://host:port"));
  EXPECT_EQ(code_of(message_), "connection_refused");
}

TEST_F(Plugin, TellsThatNobodyListens) {
  run();
  const auto completed = plugin_.send(message_);
  EXPECT_EQ(completed.code, static_cast<std::uint32_t>(HERALD_OUTCOME_ERROR));
  EXPECT_EQ(completed.error_code, "connection_refused");
}

TEST_F(Plugin, RejectsWhatCanNeverBeSent) {
  run();
  const auto code_with = [this](auto change) {
    TestMessage message = message_;
    change(message);
    const auto completed = plugin_.send(message);
    EXPECT_EQ(completed.code, static_cast<std::uint32_t>(HERALD_OUTCOME_REJECTED));
    return completed.error_code;
  };
  EXPECT_EQ(code_with([](TestMessage& m) { m.channel = "sms"; }), "unsupported_channel");
  EXPECT_EQ(code_with([](TestMessage& m) { m.to = "b@example.com\r\nDATA"; }), "bad_address");
  EXPECT_EQ(code_with([](TestMessage& m) { m.from = ""; }), "bad_address");
  EXPECT_EQ(code_with([](TestMessage& m) { m.to = "ü@example.com"; }), "address_not_ascii");
  EXPECT_EQ(code_with([](TestMessage& m) { m.subject = "Hi\r\nBcc: c@example.com"; }), "bad_subject");
}

TEST_F(Plugin, SendsNothingAfterTheDeadline) {
  run();
  message_.time_left = std::chrono::milliseconds(-1);
  EXPECT_EQ(plugin_.send(message_).code, static_cast<std::uint32_t>(HERALD_OUTCOME_TIMEOUT));
}

TEST_F(Plugin, StopsAfterMessages) {
  run();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(code_of(message_), "connection_refused");
  EXPECT_EQ(plugin_.drain(std::chrono::seconds(1)), HERALD_OK);
  plugin_.stop();
  EXPECT_EQ(plugin_.completions().stray(), 0U);
}

}  // namespace
}  // namespace smtp
