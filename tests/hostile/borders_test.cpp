// What must not pass the borders of a reactor and of the acceptor: exceptions, peers that speak TLS, and answers of
// other threads out of order. And what a reactor tells the handler of its own lateness.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"
#include "support/manual_clock.h"

namespace herald::test {
namespace {

class Borders : public Served {};

// Throws once for each time that it was told to, at the first thing that a reactor does when it wakes up.
class StumblingClock final : public base::Clock {
 public:
  base::WallTime wall() const override { return clock_.wall(); }
  base::MonoTime mono() const override {
    if (stumbles_.exchange(false)) throw std::runtime_error("stumbled");
    return clock_.mono();
  }
  void stumble() { stumbles_ = true; }
  bool stumbled() const { return !stumbles_; }

 private:
  base::SystemClock clock_;
  mutable std::atomic<bool> stumbles_{false};
};

TEST_F(Borders, AreNotPassedByAnExceptionInAReactor) {
  StumblingClock clock;
  options_.reactors = 1;
  http::Server server(options_, handler_, clock, log_, metrics_);
  ASSERT_TRUE(server.start());
  for (std::size_t round = 1; round <= 20; ++round) {
    clock.stumble();
    const RawClient waker(server.port());
    ASSERT_TRUE(eventually([&clock] { return clock.stumbled(); }));
    ASSERT_TRUE(eventually([this, round] { return log_.of("http.reactor_failed").size() == round; }));
    RawClient fresh(server.port());
    fresh.send(get("/tell"));
    ASSERT_EQ(fresh.answer()->status, 200);
  }
}

// To write to a peer that has gone raises SIGPIPE, which ends a process that does not see to it.
TEST_F(Borders, AreNotPassedByTheSignalOfABrokenConnection) {
  server();
  for (int round = 0; round < 20; ++round) {
    client().send(get("/held"));
    ASSERT_TRUE(eventually([this] { return handler_.held() == 1; }));
    auto held = handler_.take_held();
    // More than the kernel buffers: what it does not take is sent when the peer's refusal is there.
    std::move(held.front().second).respond(TestHandler::text(200, std::string(10'000'000, 'x')));
    ASSERT_TRUE(eventually([this] { return metrics_.http_connections.value() == 0; }));
  }
  EXPECT_TRUE(serves());
}

// Pistache's table of routes gets an entry for each new method, from whichever thread sees it first.
TEST_F(Borders, AreCrossedByUnknownMethodsOfManyAtOnce) {
  server();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t, &wrong] {
      auto client = this->client();
      for (int i = 0; i < 100; ++i) {
        const auto method = "M" + std::to_string(t) + "X" + std::to_string(i);
        client.send(method + " /tell HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = client.answer();
        if (!answer || answer->body.find(method + " /tell") != 0) ++wrong;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}

// Pistache would wait for the handshake of such a peer on the thread that accepts.
TEST_F(Borders, AreClosedToPeersThatSpeakTls) {
  const std::string hello("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", 10);
  std::vector<RawClient> peers;
  for (int i = 0; i < 20; ++i) {
    peers.push_back(client());
    peers.back().send(hello);
  }
  EXPECT_TRUE(serves());
  for (auto& peer : peers) {
    const auto answer = peer.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400);
    EXPECT_TRUE(peer.closed());
  }
}

TEST_F(Borders, LetPeersWaitThatBeginAHandshakeAndSayNoMore) {
  std::vector<RawClient> peers;
  for (int i = 0; i < 20; ++i) {
    peers.push_back(client());
    peers.back().send("\x16");
  }
  EXPECT_TRUE(serves());
}

// Pistache's streams and timeouts, used from other threads, corrupt the queue of what is to be sent.
TEST_F(Borders, AreCrossedByLargeAnswersOfManyThreadsInOrder) {
  constexpr std::size_t kClients = 8;
  constexpr std::size_t kEach = 8;
  constexpr std::size_t kBytes = 200'000;
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(client());
    for (std::size_t k = 0; k < kEach; ++k)
      clients.back().send(get("/held?" + std::to_string(i * kEach + k)));
  }
  ASSERT_TRUE(eventually([this] { return handler_.held() == kClients * kEach; }));
  auto held = handler_.take_held();
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&held, t] {
      for (std::size_t i = t; i < held.size(); i += 4) {
        auto& [number, responder] = held[held.size() - 1 - i];
        std::move(responder).respond(TestHandler::text(200, number + std::string(kBytes, 'x')));
      }
    });
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    for (std::size_t k = 0; k < kEach; ++k)
      EXPECT_EQ(clients[i].answer()->body, std::to_string(i * kEach + k) + std::string(kBytes, 'x'));
  }
  for (auto& thread : threads)
    thread.join();
}

// Takes a while over each request, and answers how long that one had waited.
class SlowHandler final : public http::Handler {
 public:
  explicit SlowHandler(ManualClock& clock) : clock_(clock) {}
  void handle(const http::Request& request, http::Responder responder) override {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(request.waited).count();
    clock_.advance(std::chrono::milliseconds{7});
    std::move(responder).respond(TestHandler::text(200, std::to_string(waited)));
  }
  http::Response refuse(const http::Fault& fault) noexcept override { return TestHandler::text(fault.status, ""); }
  std::optional<http::Response> check_head(const http::Request&) override { return std::nullopt; }

 private:
  ManualClock& clock_;
};

TEST_F(Borders, TellHowLongARequestHasWaitedBehindOthers) {
  ManualClock clock;
  SlowHandler handler(clock);
  options_.reactors = 1;
  http::Server server(options_, handler, clock, log_, metrics_);
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.send(get("/") + get("/") + get("/"));
  EXPECT_EQ(client.answer()->body, "0");
  EXPECT_EQ(client.answer()->body, "7");
  EXPECT_EQ(client.answer()->body, "14");
  client.send(get("/"));
  EXPECT_EQ(client.answer()->body, "0") << "in a wake-up of its own";
}

}  // namespace
}  // namespace herald::test
