// More connections than the server holds, or than the process has descriptors for.
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <string>

#include <gtest/gtest.h>

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

  // Of this process, the server's threads included.
  static std::chrono::nanoseconds cpu_time() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
  }
};

TEST_F(Overload, IsToldWith503) {
  options_.max_connections = 3;
  std::deque<RawClient> seated;
  for (int i = 0; i < 3; ++i)
    seated.push_back(admitted());
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
  for (int i = 0; i < 200; ++i)
    clients.push_back(client());
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

// Out of descriptors, the listening socket stays readable: polling it in a circle would burn a core.
TEST_F(Overload, NeitherSpinsNorGivesUpWhenDescriptorsRunOut) {
  auto admitted_before = admitted();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = dup(STDERR_FILENO);
  ASSERT_GE(lowest_free, 0);
  close(lowest_free);
  const rlimit one_more{static_cast<rlim_t>(lowest_free) + 1, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &one_more), 0);
  auto waiting = client();  // takes the last descriptor: there is none for the server's end of it
  waiting.send(get("/echo"));
  EXPECT_TRUE(eventually([this] { return !log_.of("http.accept_exhausted").empty(); }));

  const auto cpu_before = cpu_time();
  EXPECT_EQ(waiting.read_within(std::chrono::milliseconds{400}), "");
  EXPECT_LT(cpu_time() - cpu_before, std::chrono::milliseconds{200});
  admitted_before.send(get("/echo"));
  EXPECT_EQ(admitted_before.answer()->status, 200);

  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(waiting.answer()->status, 200);
  EXPECT_EQ(log_.of("http.accept_exhausted").size(), 1U);
}

}  // namespace
}  // namespace herald::test
