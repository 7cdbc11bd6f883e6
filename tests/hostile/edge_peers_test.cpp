// Peers that behave as no honest client does, at the real binary.
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/edge.h"

namespace herald::test {
namespace {

// Holds the lock that the host's next commit waits for, from its making to its end. The host waits for five seconds.
class HeldCommit {
 public:
  explicit HeldCommit(const std::filesystem::path& database) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    handle_.reset(handle);
    EXPECT_EQ(opened, SQLITE_OK);
    sqlite3_busy_timeout(handle, 5'000);
    EXPECT_EQ(sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  }

 private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> handle_{nullptr, sqlite3_close_v2};
};

TEST_F(Edge, AnswersAPeerThatHasHalfClosed) {
  start_quiet();
  auto one = peer();
  one.send(post_of(sms().dump()));
  one.half_close();
  EXPECT_EQ(one.answer()->status, 202);
  EXPECT_TRUE(one.closed());
}

// Whether such a message was taken only its key can tell; it may never be there twice.
TEST_F(Edge, KeepsItsPromiseToAPeerThatIsGoneBeforeTheCommit) {
  start_quiet();
  const auto fields = [](int i) { return "Idempotency-Key: gone-" + std::to_string(i) + "\r\n"; };
  constexpr int kPeers = 60;
  const auto before = metric("herald_http_connections");
  for (int i = 0; i < kPeers; ++i) {
    auto one = peer();
    one.send(post_of(sms().dump(), fields(i)));
    if (i % 2 == 0) one.reset();
  }
  for (int i = 0; i < kPeers; ++i) {
    RawAnswer answer;
    ASSERT_TRUE(eventually([&] {
      answer = told(post_of(sms().dump(), fields(i)));
      return answer.status != 409;
    }));
    EXPECT_EQ(answer.status, 202) << i;
  }
  EXPECT_EQ(stored(), static_cast<std::size_t>(kPeers));
  EXPECT_TRUE(eventually([&] { return metric("herald_http_connections") == before; }));
}

TEST_F(Edge, StoresOnceWhatWasBeingCommittedWhenItsPeersLeft) {
  start_quiet();
  const auto fields = [](int i) { return "Idempotency-Key: left-" + std::to_string(i) + "\r\n"; };
  constexpr int kPeers = 60;
  const auto connections_before = metric("herald_http_connections");
  {
    const HeldCommit held(folder() / "data" / "herald.db");
    std::vector<RawClient> peers;
    const auto requests_before = metric("herald_http_requests_total");
    for (int i = 0; i < kPeers; ++i) {
      peers.push_back(peer());
      peers.back().send(post_of(sms().dump(), fields(i)));
    }
    std::size_t looks = 0;
    ASSERT_TRUE(eventually([&] {
      ++looks;  // each is a request too
      return metric("herald_http_requests_total") == requests_before + kPeers + looks;
    }));
    for (int i = 0; i < kPeers; i += 2)
      peers[static_cast<std::size_t>(i)].reset();
    // The others have only closed, which looks like the end of what they had to send.
    peers.clear();
    ASSERT_TRUE(eventually([&] { return metric("herald_http_connections") == connections_before + kPeers / 2; }));
    EXPECT_EQ(stored(), 0U);
  }
  EXPECT_TRUE(eventually([&] { return metric("herald_http_connections") == connections_before; }));
  EXPECT_EQ(stored(), static_cast<std::size_t>(kPeers));
  for (int i = 0; i < kPeers; ++i)
    EXPECT_EQ(told(post_of(sms().dump(), fields(i))).status, 202) << i;
  EXPECT_EQ(stored(), static_cast<std::size_t>(kPeers)) << "one that came again was stored again";
}

TEST_F(Edge, HoldsLittleForAPeerThatNeverReads) {
  start_quiet();
  peer().send(get_of("/metrics"));
  const auto before = resident();
  auto deaf = peer(4096);
  std::string asked;
  for (int i = 0; i < 20'000; ++i)
    asked += get_of("/metrics");
  // Until the host reads no further.
  EXPECT_TRUE(eventually([&] { return deaf.send_some(asked) == 0; }));
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_LT(resident(), before + (32U << 20U));
}

TEST_F(Edge, WaitsForADescriptorWithoutLosingWhoHasOne) {
  start_quiet();
  lines_when("herald.ready", 1);  // the start itself opens and closes many
  auto admitted = peer();
  admitted.send(get_of("/livez"));
  ASSERT_EQ(admitted.answer()->status, 200);
  rlimit before{};
  ASSERT_EQ(prlimit(host().pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  std::size_t count = 0;
  std::size_t bound = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(host().pid()) + "/fd")) {
    bound = std::max(bound, static_cast<std::size_t>(std::stoul(entry.path().filename().string())) + 1);
    ++count;
  }
  // Numbers below the bound can be free, when whoever started this test left it a high one.
  const rlimit few_left{static_cast<rlim_t>(bound), before.rlim_max};
  ASSERT_EQ(prlimit(host().pid(), RLIMIT_NOFILE, &few_left, nullptr), 0);
  std::vector<RawClient> waiting;
  for (std::size_t i = 0; i < bound - count + 10; ++i) {
    waiting.push_back(peer());
    waiting.back().send(get_of("/livez"));
  }
  lines_when("http.accept_exhausted", 1);
  admitted.send(post_of(sms().dump()));
  EXPECT_EQ(admitted.answer()->status, 202);
  ASSERT_EQ(prlimit(host().pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  for (auto& one : waiting)
    EXPECT_EQ(one.answer()->status, 200);
}

TEST_F(Edge, ServesBesideMassesOfIdleConnections) {
  start_quiet();
  std::vector<RawClient> idle;
  for (int i = 0; i < 800; ++i)
    idle.push_back(peer());
  EXPECT_EQ(told(post_of(sms().dump())).status, 202);
  for (auto& one : idle) {
    one.send(get_of("/livez"));
    EXPECT_EQ(one.answer()->status, 200);
  }
}

TEST_F(Edge, LimitsEachOfManySendersByItself) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_SENDER_PER_MIN", "1"}});
  auto one = peer();
  for (int i = 0; i < 500; ++i) {
    auto message = sms();
    message["from"] = "+1202555" + std::to_string(1000 + i);
    one.send(post_of(message.dump(), "Idempotency-Key: sender-" + std::to_string(i) + "\r\n"));
    ASSERT_EQ(one.answer()->status, 202) << message;
  }
  auto again = sms();
  again["from"] = "+12025551499";
  one.send(post_of(again.dump()));
  EXPECT_EQ(one.answer()->status, 429);
}

TEST_F(Edge, LimitsEachOfManyAddressesByItself) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_IP_PER_MIN", "1"}});
  const auto status_from = [this](int i) {
    auto one = RawClient::from("127.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250), host().port());
    one.send(post_of(sms().dump()));
    return one.answer()->status;
  };
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(status_from(i), 202) << i;
  EXPECT_EQ(status_from(0), 429);
  EXPECT_EQ(status_from(499), 429);
}

}  // namespace
}  // namespace herald::test
