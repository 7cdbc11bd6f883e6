// `herald bench` against the real host, and against servers that are slow or broken.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "integration/running_host.h"

namespace herald::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

// Takes connections one after another, each on a thread of its own that `serve` may use as it likes.
class OddServer {
 public:
  using Serve = std::function<void(int connection)>;

  explicit OddServer(Serve serve) : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0 || ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("no port for the odd server");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~OddServer() {
    ending_ = true;
    acceptor_.join();
    for (const int connection : connections_)
      ::shutdown(connection, SHUT_RDWR);
    for (auto& thread : threads_)
      thread.join();
    for (const int connection : connections_)
      ::close(connection);
    ::close(listener_);
  }
  OddServer(const OddServer&) = delete;
  OddServer& operator=(const OddServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // A whole request of the generator: they never overlap on a connection. False at the connection's end.
  static bool read_request(int connection) {
    std::string all;
    std::vector<char> bytes(4'096);
    while (true) {
      const auto count = ::recv(connection, bytes.data(), bytes.size(), 0);
      if (count <= 0) return false;
      all.append(bytes.data(), static_cast<std::size_t>(count));
      if (all.find("\r\n\r\n{") != std::string::npos && all.back() == '}') return true;
    }
  }
  static bool answer(int connection, const std::string& text) {
    return ::send(connection, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

 private:
  void accept_all() {
    while (!ending_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      connections_.push_back(connection);
      threads_.emplace_back([this, connection] {
        serve_(connection);
        ::shutdown(connection, SHUT_RDWR);
      });
    }
  }

  const Serve serve_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::vector<int> connections_;      // of the acceptor until it has ended
  std::vector<std::thread> threads_;  // as connections_
  std::thread acceptor_;
};

class Bench : public RunningHost {
 protected:
  Finished bench(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bench");
    return run_herald(arguments, {}, folder().path());
  }
  nlohmann::json measured(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "-"});
    last_ = bench(std::move(arguments));
    auto json = nlohmann::json::parse(last_.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << last_.out << last_.err;
    return json;
  }

  std::string metrics_text() { return get("/metrics").body; }

  static constexpr auto kNone = std::string::npos;
  Finished last_;
};

TEST_F(Bench, CountsWhatTheHostHasAccepted) {
  start({{"API_DISPATCH", "off"}});
  const auto json = measured({host().url(""), "--requests", "500", "--connections", "8"});
  EXPECT_EQ(last_.exit.code, 0) << last_.err;
  EXPECT_EQ(json.at("answered_2xx"), 500);
  EXPECT_EQ(json.at("sent"), 500);
  EXPECT_GT(json.at("per_s").get<double>(), 0);
  EXPECT_GT(json.at("latency_ms").at("p50").get<double>(), 0);
  const auto items = get("/api/messages?limit=1").json().at("items");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].at("status"), "pending");
  EXPECT_THAT(get("/metrics").body, HasSubstr("\nherald_messages_accepted_total 500\n"));
}

TEST_F(Bench, SendsAtASteadyRateInTheOpenLoop) {
  start({{"API_DISPATCH", "off"}});
  const auto json = measured({host().url(""), "--rate", "200", "--duration", "1", "--mix", "b"});
  EXPECT_EQ(json.at("loop"), "open");
  const std::uint64_t unsent = json.at("unanswered").at("unsent");
  EXPECT_EQ(json.at("sent").get<std::uint64_t>() + unsent, 200U) << "what was due, however slow the machine is";
  EXPECT_EQ(json.at("answered_2xx"), json.at("sent"));
}

TEST_F(Bench, TellsAReplayFromANewMessage) {
  start({{"API_DISPATCH", "off"}});
  const std::vector<std::string> same{host().url(""), "--mix", "b", "--seed", "7", "--requests", "50"};
  EXPECT_EQ(measured(same).at("answered_2xx"), 50);
  const auto again = measured(same);
  EXPECT_EQ(again.at("answered_2xx"), 0);
  EXPECT_EQ(again.at("replayed"), 50);
  EXPECT_EQ(last_.exit.code, 1);
}

TEST_F(Bench, ReadsPathsFromAFile) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_sms();
  std::ofstream(folder() / "paths") << "/api/messages/" << id << "\n/api/conversations\n";
  const auto json = measured({host().url(""), "--get", (folder() / "paths").string(), "--requests", "100"});
  EXPECT_EQ(last_.exit.code, 0) << last_.err;
  EXPECT_EQ(json.at("answered_2xx"), 100);
}

TEST_F(Bench, CountsRefusalsByTheirStatusAndTellsTheCure) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_IP_PER_MIN", "10"}});
  const auto run = bench({host().url(""), "--requests", "50"});
  EXPECT_EQ(run.exit.code, 1);
  EXPECT_THAT(run.out, ::testing::ContainsRegex("answered 429 +40 .*--rate-limit-per-ip-per-min 0"));
  EXPECT_THAT(run.out, ::testing::ContainsRegex("answered 2xx +10 "));
}

TEST_F(Bench, WritesBothReports) {
  start({{"API_DISPATCH", "off"}});
  const auto file = folder() / "report.json";
  const auto run = bench({host().url(""), "--requests", "5", "--json", file.string()});
  EXPECT_EQ(run.exit.code, 0);
  EXPECT_THAT(run.out, HasSubstr("answered 2xx"));
  std::ifstream in(file);
  EXPECT_EQ(nlohmann::json::parse(in).at("answered_2xx"), 5);
  EXPECT_EQ(run.err, "") << "no progress line where nobody watches";
}

TEST_F(Bench, SaysThatNobodyListens) {
  std::string url;
  {
    const OddServer gone([](int) {});
    url = gone.url();
  }
  const auto run = bench({url});
  EXPECT_EQ(run.exit.code, 1);
  EXPECT_THAT(run.err, HasSubstr("nothing can be sent to 127.0.0.1"));
  EXPECT_THAT(run.err, HasSubstr("Connection refused"));
}

TEST_F(Bench, GivesUpAHostThatHasGone) {
  start({{"API_DISPATCH", "off"}});
  Finished run;
  std::thread running([this, &run] { run = bench({host().url(""), "--duration", "20", "--timeout", "1"}); });
  const bool begun =
      eventually([this] { return metrics_text().find("\nherald_messages_accepted_total 0\n") == kNone; });
  host().kill();
  running.join();
  EXPECT_TRUE(begun);
  EXPECT_EQ(run.exit.code, 1);
  EXPECT_THAT(run.err, HasSubstr("the target has gone: 127.0.0.1"));
}

TEST_F(Bench, RefusesAWrongCommandLine) {
  const auto run = bench({"--conections", "1"});
  EXPECT_EQ(run.exit.code, 2);
  EXPECT_THAT(run.err, HasSubstr("did you mean --connections?"));
}

// One connection, a request every 10 ms, and a server that stalls once for half a second: what was due in that time
// must show it, although only one request was under way.
TEST_F(Bench, ShowsAStallInAllThatItHeldUp) {
  std::atomic<int> seen{0};
  const OddServer server([&seen](int connection) {
    while (OddServer::read_request(connection)) {
      if (++seen == 20) std::this_thread::sleep_for(std::chrono::milliseconds{500});  // tidy: sleeps because it stalls
      if (!OddServer::answer(connection, kAccepted)) return;
    }
  });
  const auto json = measured({server.url(), "--connections", "1", "--rate", "100", "--duration", "1"});
  EXPECT_GE(json.at("latency_ms").at("max").get<double>(), 490);
  EXPECT_GE(json.at("latency_ms").at("p90").get<double>(), 300) << "about half of all were due during the stall";
}

TEST_F(Bench, GivesUpAServerThatNeverAnswers) {
  const OddServer server([](int connection) {
    while (OddServer::read_request(connection)) {
    }
  });
  const auto json = measured({server.url(), "--connections", "2", "--duration", "2", "--timeout", "1", "--seed", "1"});
  EXPECT_EQ(last_.exit.code, 1);
  EXPECT_EQ(json.at("answered_2xx"), 0);
  EXPECT_GE(json.at("unanswered").at("timeout").get<int>(), 2);
  EXPECT_GE(json.at("latency_ms").at("p50").get<double>(), 990) << "a time-out has waited, and says so";
}

TEST_F(Bench, SurvivesAServerThatClosesInTheMiddle) {
  const OddServer server([](int connection) {
    if (OddServer::read_request(connection)) OddServer::answer(connection, "HTTP/1.1 202 Accepted\r\nContent-Le");
  });
  const auto json = measured({server.url(), "--connections", "2", "--requests", "6"});
  EXPECT_EQ(json.at("unanswered").at("malformed"), 6);
  EXPECT_EQ(json.at("answered_2xx"), 0);
}

TEST_F(Bench, SurvivesAServerThatHangsUp) {
  const OddServer server([](int connection) { OddServer::read_request(connection); });
  const auto json = measured({server.url(), "--connections", "2", "--requests", "6"});
  EXPECT_EQ(json.at("unanswered").at("closed"), 6);
}

TEST_F(Bench, FollowsAServerThatClosesBehindEachAnswer) {
  const OddServer server([](int connection) {
    if (OddServer::read_request(connection))
      OddServer::answer(connection, "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  const auto json = measured({server.url(), "--connections", "2", "--requests", "10"});
  EXPECT_EQ(json.at("answered_2xx"), 10);
  EXPECT_GE(json.at("reconnected").get<int>(), 8);
}

TEST_F(Bench, IsNotFooledByBytesThatAreNoHttp) {
  const OddServer server([](int connection) {
    if (OddServer::read_request(connection)) OddServer::answer(connection, "220 mail.example.com ESMTP\r\n");
  });
  EXPECT_EQ(measured({server.url(), "--connections", "1", "--requests", "2"}).at("unanswered").at("malformed"), 2);
}

}  // namespace
}  // namespace herald::test
