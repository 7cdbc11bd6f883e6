// Answers from other threads: late, never, twice, and after their client or their server has gone.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

class LateAnswers : public Served {
 protected:
  void wait_until_held(std::size_t count) {
    ASSERT_TRUE(eventually([this, count] { return handler_.held() >= count; }));
  }
  void wait_until_connections(std::int64_t count) {
    ASSERT_TRUE(eventually([this, count] { return metrics_.http_connections.value() == count; }));
  }
};

TEST_F(LateAnswers, ReachTheirClientFromAnotherThread) {
  auto client = this->client();
  client.send(get("/held?late"));
  wait_until_held(1);
  handler_.release();
  EXPECT_EQ(client.answer()->body, "late");
}

TEST_F(LateAnswers, NeverReachAnotherClientWithTheSameDescriptor) {
  options_.reactors = 1;
  for (int round = 0; round < 50; ++round) {
    {
      auto gone = client();
      gone.send(get("/held?secret-of-the-first"));
      wait_until_held(1);
      gone.reset();  // a mere close would look like a half-close, which waits for its answer
    }
    wait_until_connections(0);
    // The kernel gives the lowest free descriptor: the one that has just been closed.
    auto next = client();
    next.send(get("/held?second"));
    wait_until_held(2);
    handler_.release();
    ASSERT_EQ(next.answer()->body, "second");
    ASSERT_TRUE(next.silent());
    next.reset();
    wait_until_connections(0);
  }
}

TEST_F(LateAnswers, AreDroppedWhenTheirClientHasReset) {
  auto client = this->client();
  client.send(get("/held?a") + get("/held?b"));
  wait_until_held(2);
  client.reset();
  wait_until_connections(0);
  handler_.release();
  EXPECT_TRUE(serves());
}

TEST_F(LateAnswers, StillReachAClientThatHasHalfClosed) {
  auto client = this->client();
  client.send(get("/held?a") + get("/held?b") + get("/echo"));
  client.half_close();
  wait_until_held(2);
  handler_.release();
  EXPECT_EQ(client.answer()->body, "a");
  EXPECT_EQ(client.answer()->body, "b");
  EXPECT_EQ(client.answer()->status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(LateAnswers, ThatNeverComeBecomeAFault) {
  auto client = this->client();
  client.send(get("/dropped"));
  EXPECT_EQ(client.answer()->status, 500);
  EXPECT_FALSE(client.answer());

  auto other = this->client();
  other.send(get("/held"));
  wait_until_held(1);
  handler_.abandon();
  const auto answer = other.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body, "internal_error");
  EXPECT_EQ(log_.of("http.handler_failed").size(), 2U);
}

TEST_F(LateAnswers, DoNotTimeOut) {
  options_.head_timeout = options_.body_timeout = options_.idle_timeout = std::chrono::milliseconds{40};
  auto client = this->client();
  client.send(get("/held?late"));
  wait_until_held(1);
  EXPECT_EQ(client.read_within(std::chrono::milliseconds{300}), "");
  handler_.release();
  EXPECT_EQ(client.answer()->body, "late");
}

TEST_F(LateAnswers, MayOutliveTheServer) {
  auto client = this->client();
  client.send(get("/held?a") + get("/held?b"));
  wait_until_held(2);
  auto held = handler_.take_held();
  server_->stop(std::chrono::milliseconds{20});
  server_.reset();
  std::move(held.front().second).respond(TestHandler::text(200, "too late"));
  held.clear();
  EXPECT_TRUE(client.closed());
}

TEST_F(LateAnswers, AreHeldBackOnceEnoughRequestsOfOneClientWait) {
  options_.max_pipelined = 4;
  auto client = this->client();
  std::string bytes;
  for (int i = 0; i < 50; ++i)
    bytes += get("/held?" + std::to_string(i));
  client.send(bytes);
  wait_until_held(4);
  EXPECT_TRUE(serves());
  EXPECT_EQ(handler_.held(), 4U);
  for (int answered = 0; answered < 50;) {
    wait_until_held(1);
    handler_.release();
    for (auto answer = client.answer(); answer; answer = client.answer()) {
      ASSERT_EQ(answer->body, std::to_string(answered));
      ++answered;
      if (client.silent()) break;
    }
  }
}

// Requests of many clients answered by several threads, while clients come and go: each gets its own answer.
TEST_F(LateAnswers, FindTheirWayInAStorm) {
  server();
  std::atomic<bool> over{false};
  std::vector<std::thread> answerers;
  for (int i = 0; i < 2; ++i) {
    answerers.emplace_back([this, &over] {
      while (!over) {
        handler_.release();
        std::this_thread::yield();
      }
    });
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i, &wrong] {
      for (int round = 0; round < 60; ++round) {
        auto client = this->client();
        const auto first = std::to_string(i) + "-" + std::to_string(round);
        client.send(get("/held?" + first) + get("/held?" + first + "b"));
        if (round % 3 == 0) continue;  // leaves without waiting
        const auto answer = client.answer();
        const auto second = client.answer();
        if (!answer || answer->body != first || !second || second->body != first + "b") ++wrong;
      }
    });
  }
  for (auto& client : clients)
    client.join();
  over = true;
  for (auto& answerer : answerers)
    answerer.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace herald::test
