// More connections than the server holds, or than the process has descriptors for.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <deque>
#include <fstream>
#include <string>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

class Overload : public Served {
 protected:
  // A client whose connection is served, not refused.
  RawClient admitted() {
    auto client = this->client();
    client.send(get("/echo"));
    EXPECT_EQ(client.answer()->status, 200);
    return client;
  }
};

TEST_F(Overload, IsToldWith503) {
  options_.max_connections = 3;
  std::deque<RawClient> seated;
  for (int i = 0; i < 3; ++i) seated.push_back(admitted());
  auto refused = client();
  refused.send(get("/echo"));
  const auto answer = refused.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "overloaded");
  EXPECT_FALSE(refused.answer());
  for (auto& client : seated) {
    client.send(get("/echo"));
    EXPECT_EQ(client.answer()->status, 200);
  }
}

TEST_F(Overload, EndsWithTheConnectionsThatEnd) {
  options_.max_connections = 2;
  {
    const auto first = admitted();
    const auto second = admitted();
    auto refused = client();
    EXPECT_EQ(refused.answer()->status, 503);
  }
  EXPECT_TRUE(eventually([this] { return serves(); }));
}

TEST_F(Overload, LeavesTheRestWaitingInTheBacklog) {
  options_.max_connections = 1;
  std::deque<RawClient> clients;
  clients.push_back(admitted());
  for (int i = 0; i < 200; ++i) clients.push_back(client());
  EXPECT_TRUE(eventually([this] { return metrics_.http_connections.value() >= 60; }));
  EXPECT_LE(metrics_.http_connections.value(), 66);
  clients.clear();
  EXPECT_TRUE(eventually([this] { return serves(); }));
}

TEST_F(Overload, CapsItselfUnderTheLimitOfOpenFiles) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{400, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  options_.max_connections = 20'000;
  server();
  setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_EQ(log_.of("http.connections_capped").size(), 1U);
  EXPECT_EQ(log_.of("http.connections_capped").front().fields.at("cap"), "208");
}

// Out of descriptors, the listening socket stays readable: it must not be polled in a circle.
TEST_F(Overload, DoesNotSpinWhenDescriptorsRunOut) {
  server();
  auto waiting = client();
  waiting.send(get("/echo"));
  ASSERT_TRUE(waiting.answer());

  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  auto starved = client();  // accepted or not: the next ones are not
  ASSERT_TRUE(eventually([this] { return metrics_.http_connections.value() == 2; }));
  // A client needs a descriptor of this process too: it takes it before the limit falls, and connects with it after.
  auto late = std::make_unique<RawClient>(server().port());
  ASSERT_TRUE(eventually([this] { return metrics_.http_connections.value() == 3; }));
  EXPECT_TRUE(log_.of("http.accept_exhausted").empty());
  setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace herald::test
