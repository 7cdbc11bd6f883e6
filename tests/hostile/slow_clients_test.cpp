// Clients that send too slowly, or do not read.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

using std::chrono::milliseconds;

class SlowClients : public Served {};

TEST_F(SlowClients, ByTheHundredDoNotDisturbTheOthers) {
  const auto bytes = post("/echo", "slow");
  std::vector<RawClient> slow;
  for (int i = 0; i < 500; ++i)
    slow.push_back(client());
  auto quick = client();
  for (const char byte : bytes) {
    for (auto& one : slow)
      ASSERT_TRUE(one.send(std::string_view(&byte, 1)));
    quick.send(get("/echo"));
    ASSERT_EQ(quick.answer()->status, 200);
  }
  for (auto& one : slow)
    ASSERT_EQ(one.answer()->body, "slow");
}

TEST_F(SlowClients, GetARequestTimeoutForAHeadThatDoesNotEnd) {
  options_.head_timeout = milliseconds{60};
  auto client = this->client();
  client.send("GET / HTTP/1.1\r\nHost: a");
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->body, "request_timeout");
  EXPECT_FALSE(client.answer());
}

// Each byte alone comes in time.
TEST_F(SlowClients, GetARequestTimeoutForAHeadThatTrickles) {
  options_.head_timeout = milliseconds{200};
  auto client = this->client();
  client.send("GET / HTTP/1.1\r\nHost: ");
  ASSERT_TRUE(eventually([&client] {
    client.send("a");
    return !client.silent();
  }));
  EXPECT_EQ(client.answer()->status, 408);
}

TEST_F(SlowClients, GetARequestTimeoutForABodyThatDoesNotEnd) {
  options_.body_timeout = milliseconds{60};
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.answer()->status, 408);
  EXPECT_EQ(handler_.handled(), 0U);
}

TEST_F(SlowClients, AreClosedWithoutAWordWhenTheyAskNothing) {
  options_.idle_timeout = milliseconds{60};
  auto client = this->client();
  client.send(get("/echo"));
  ASSERT_TRUE(client.answer());
  EXPECT_FALSE(client.answer());
  EXPECT_EQ(handler_.refused(), 0U);
}

TEST_F(SlowClients, AreClosedWhenTheyNeverAskAnything) {
  options_.idle_timeout = milliseconds{60};
  auto client = this->client();
  EXPECT_TRUE(client.closed());
}

TEST_F(SlowClients, ThatDoNotReadAreClosedAndStarveNobody) {
  options_.send_timeout = milliseconds{200};
  options_.reactors = 1;
  auto deaf = client(4096);
  ASSERT_TRUE(deaf.send(get("/large?30000000")));
  auto other = client();
  ASSERT_TRUE(eventually([&] {
    other.send(get("/echo"));
    return other.answer() && metrics_.http_connections.value() == 1;
  }));
}

TEST_F(SlowClients, ThatReadSlowlyGetTheirWholeAnswer) {
  auto client = this->client(4096);
  client.send(get("/large?3000000"));
  EXPECT_EQ(client.answer()->body.size(), 3'000'000U);
}

// What a client may make the server hold is bounded, however much it asks for.
TEST_F(SlowClients, ThatPipelineWithoutReadingAreReadNoFurther) {
  options_.max_pending_out_bytes = 100'000;
  auto client = this->client(4096);
  std::string bytes;
  for (int i = 0; i < 500; ++i)
    bytes += get("/large?50000");
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = client.send_some(std::string_view(bytes).substr(sent));
    if (count == 0) break;
    sent += count;
  }
  // Far more than this fits into the bound and the kernel's buffers, but not all 25 MB.
  ASSERT_TRUE(eventually([this] { return handler_.handled() > 2; }));
  EXPECT_TRUE(serves());
  EXPECT_LT(handler_.handled(), 400U);
  ASSERT_TRUE(client.send(std::string_view(bytes).substr(sent)));
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(client.answer()->body.size(), 50'000U) << i;
}

}  // namespace
}  // namespace herald::test
