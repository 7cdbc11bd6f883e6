// Connections that break off, end halfway, or come in masses.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

class ConnectionLife : public Served {
 protected:
  void expect_all_gone() {
    EXPECT_TRUE(eventually([this] { return metrics_.http_connections.value() == 0; }));
  }
};

TEST_F(ConnectionLife, EndsWhenAClientBreaksOffAnywhere) {
  const auto bytes = post("/echo", "hello");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    auto client = this->client();
    client.send(bytes.substr(0, cut));
    if (cut % 2 == 0) client.reset();
  }
  expect_all_gone();
  EXPECT_TRUE(serves());
}

TEST_F(ConnectionLife, EndsAfterTheAnswerToAClientThatHasHalfClosed) {
  auto client = this->client();
  client.send(get("/echo"));
  client.half_close();
  EXPECT_EQ(client.answer()->status, 200);
  EXPECT_TRUE(client.closed());
  expect_all_gone();
}

TEST_F(ConnectionLife, EndsWhenAClientHalfClosesWithinARequest) {
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  client.half_close();
  EXPECT_TRUE(client.closed());
  expect_all_gone();
}

TEST_F(ConnectionLife, EndsAfterAFaultAlsoWhenTheClientNeverCloses) {
  auto client = this->client();
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 400);
  expect_all_gone();
}

TEST_F(ConnectionLife, SurvivesAStormOfShortConnections) {
  server();
  std::atomic<int> unanswered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([this, &unanswered] {
      for (int round = 0; round < 300; ++round) {
        auto client = this->client();
        client.send(get("/echo", "Connection: close\r\n"));
        const auto answer = client.answer();
        if (!answer || answer->status != 200) ++unanswered;
      }
    });
  }
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(unanswered, 0);
  expect_all_gone();
}

}  // namespace
}  // namespace herald::test
