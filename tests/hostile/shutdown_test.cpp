// The server's end: in order, under load, and against its clients' will.
#include <atomic>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/worker.h"
#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Shutdown : public Served {
 protected:
  // One reactor: what it has done for one connection, it has done for all.
  Shutdown() { options_.reactors = 1; }

  // Stops in a thread of its own; draining has begun when an idle connection is closed.
  base::Worker stop_and_wait_until_draining() {
    auto idle = client();
    idle.send(get("/echo"));
    EXPECT_TRUE(idle.answer());
    base::Worker stopping("stopping", [this] { server_->stop(seconds{10}); });
    EXPECT_TRUE(idle.closed());
    return stopping;
  }

  void wait_until_held(std::size_t count) {
    ASSERT_TRUE(eventually([this, count] { return handler_.held() >= count; }));
  }
};

TEST_F(Shutdown, ClosesIdleConnections) {
  auto client = this->client();
  client.send(get("/echo"));
  client.answer();
  auto never_asked = this->client();
  server_->stop(seconds{10});
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(never_asked.closed());
  EXPECT_TRUE(log_.of("http.stopped_with_connections").empty());
}

TEST_F(Shutdown, TakesNoNewConnection) {
  const auto port = server().port();
  server_->stop(seconds{10});
  EXPECT_THROW(RawClient refused(port), std::system_error);
}

TEST_F(Shutdown, AnswersWhatIsInFlightAndSaysThatItWasTheLast) {
  auto client = this->client();
  client.send(get("/held?a") + get("/held?b"));
  wait_until_held(2);
  auto stopping = stop_and_wait_until_draining();
  handler_.release();
  const auto first = client.answer();
  const auto second = client.answer();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->body, "a");
  EXPECT_EQ(first->field("connection"), "");
  EXPECT_EQ(second->body, "b");
  EXPECT_EQ(second->field("connection"), "close");
  EXPECT_TRUE(client.closed());
  stopping.join();
}

TEST_F(Shutdown, FinishesARequestThatIsBeingReceived) {
  auto client = this->client();
  client.send(get("/echo") + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  client.answer();  // so the next one has been begun
  auto stopping = stop_and_wait_until_draining();
  client.send("cd");
  const auto answer = client.answer();
  EXPECT_TRUE(client.closed());
  stopping.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "abcd");
  EXPECT_EQ(answer->field("connection"), "close");
}

TEST_F(Shutdown, GivesUpWhenItsTimeHasPassed) {
  auto client = this->client();
  client.send(get("/held"));
  wait_until_held(1);
  server_->stop(milliseconds{50});
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(metrics_.http_connections.value(), 0);
  EXPECT_EQ(log_.of("http.stopped_with_connections").size(), 1U);
}

TEST_F(Shutdown, MayBeAskedForTwiceAndBeforeTheStart) {
  http::Server unstarted(options_, handler_, clock_, log_, metrics_);
  unstarted.stop(seconds{1});
  server();
  server_->stop(seconds{1});
  server_->stop(seconds{1});
}

// Every request that a client sent before the end is answered whole or not at all.
TEST_F(Shutdown, UnderLoadLeavesNoHalfAnswer) {
  server();
  std::atomic<bool> over{false};
  std::thread answering([this, &over] {
    while (!over) {
      handler_.release();
      std::this_thread::yield();
    }
  });
  std::atomic<int> wrong{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([this, &wrong, &answered] {
      try {
        auto client = this->client();
        const std::string body(3000, 'x');
        while (client.send(post("/echo", body) + get("/held?h"))) {
          const auto echoed = client.answer();
          if (!echoed) break;
          if (echoed->body != body) ++wrong;
          if (echoed->field("connection") == "close") break;
          const auto held = client.answer();
          if (!held) break;
          if (held->body != "h") ++wrong;
          ++answered;
        }
      } catch (const std::system_error&) {
        // Not connected in time: the server had closed its door.
      } catch (const std::exception&) {
        ++wrong;
      }
    });
  }
  EXPECT_TRUE(eventually([&answered] { return answered > 200; }));
  server_->stop(seconds{10});
  for (auto& client : clients)
    client.join();
  over = true;
  answering.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace herald::test
