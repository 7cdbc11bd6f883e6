#include "http/server.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Server : public Served {};

TEST_F(Server, AnswersARequest) {
  auto client = this->client();
  client.send(post("/echo", "hello"));
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->field("content-length"), "5");
  EXPECT_EQ(answer->field("content-type"), "text/plain");
  EXPECT_EQ(answer->field("connection"), "");
  EXPECT_EQ(answer->field("date").size(), 29U);
}

TEST_F(Server, TellsTheHandlerWhatWasAsked) {
  auto client = this->client();
  client.send("DELETE /tell?a=%20 HTTP/1.1\r\nHost: a\r\nX-Request-Id: req-7\r\n\r\n");
  EXPECT_EQ(client.answer()->body, "DELETE /tell?a=%20 from 127.0.0.1 as req-7");
}

TEST_F(Server, GivesEachRequestItsOwnIdAndReturnsAFitOne) {
  auto client = this->client();
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    client.send(get("/echo"));
    ids.insert(client.answer()->field("x-request-id"));
  }
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(ids.begin()->size(), 16U);
  client.send(get("/echo", "X-Request-Id: mine\r\n"));
  EXPECT_EQ(client.answer()->field("x-request-id"), "mine");
  client.send(get("/echo", "X-Request-Id: no good\r\n"));
  EXPECT_EQ(client.answer()->field("x-request-id").size(), 16U);
}

TEST_F(Server, LeavesTheBodyAwayForHead) {
  auto client = this->client();
  client.send("HEAD /tell HTTP/1.1\r\nHost: a\r\n\r\n" + post("/echo", "next"));
  const auto head = client.answer(true);
  ASSERT_TRUE(head);
  EXPECT_NE(head->field("content-length"), "0");
  EXPECT_EQ(client.answer()->body, "next");
}

TEST_F(Server, ServesIPv6) {
  options_.host = "::1";
  RawClient client(server().port(), 0, "::1");
  client.send(get("/tell"));
  EXPECT_THAT(client.answer()->body, HasSubstr("from ::1"));
}

TEST_F(Server, ServesANameThatItResolves) {
  options_.host = "localhost";
  EXPECT_TRUE(serves());
}

TEST_F(Server, NamesAnIPv4ClientOfADualSocketByItsIPv4Address) {
  options_.host = "::";
  auto client = this->client();
  client.send(get("/tell"));
  EXPECT_THAT(client.answer()->body, HasSubstr("from 127.0.0.1"));
}

TEST_F(Server, SaysWhyItCannotListenAndWhatHelps) {
  http::Options taken;
  taken.port = server().port();
  http::Server second(taken, handler_, clock_, log_, metrics_);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, base::ErrorCode::kConflict);
  EXPECT_THAT(started.error().message, AllOf(HasSubstr("127.0.0.1:" + std::to_string(server().port())),
                                             HasSubstr("in use"), HasSubstr("choose another port")));
}

TEST_F(Server, SaysThatAnAddressIsNotOfThisMachine) {
  http::Options elsewhere;
  elsewhere.host = "192.0.2.1";  // TEST-NET-1 of RFC 5737: nobody has it
  elsewhere.port = 0;
  http::Server server(elsewhere, handler_, clock_, log_, metrics_);
  const auto started = server.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, AllOf(HasSubstr("192.0.2.1:0"), HasSubstr("no interface")));
}

TEST_F(Server, SaysThatAHostIsNotKnown) {
  http::Options unknown;
  unknown.host = "no such host";
  http::Server server(unknown, handler_, clock_, log_, metrics_);
  const auto started = server.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, AllOf(HasSubstr("no such host"), HasSubstr("not known")));
}

TEST_F(Server, CountsRequestsFaultsAndConnections) {
  {
    auto client = this->client();
    client.send(get("/echo") + get("/echo"));
    client.answer();
    client.answer();
    EXPECT_EQ(metrics_.http_requests.value(), 2U);
    EXPECT_EQ(metrics_.http_connections.value(), 1);
    client.send("nonsense\r\n\r\n");
    client.closed();
    EXPECT_EQ(metrics_.http_framing_errors.value(), 1U);
  }
  EXPECT_TRUE(eventually([this] { return metrics_.http_connections.value() == 0; }));
  std::uint64_t timed = 0;
  for (std::size_t i = 0; i <= observe::Histogram::kBounds.size(); ++i)
    timed += metrics_.http_latency.bucket(i);
  EXPECT_EQ(timed, 2U);
}

TEST_F(Server, LogsARequestWithoutItsQueryItsFieldsAndItsBody) {
  auto client = this->client();
  client.send(post("/echo?token=s3cret", "b0dy", "Authorization: Bearer k3y\r\nX-Request-Id: req-1\r\n"));
  client.answer();
  ASSERT_TRUE(eventually([this] { return !log_.of("http.request").empty(); }));
  const auto line = log_.of("http.request").front();
  EXPECT_EQ(line.level, observe::LogLevel::kDebug);
  EXPECT_EQ(line.fields.at("method"), "POST");
  EXPECT_EQ(line.fields.at("path"), "/echo");
  EXPECT_EQ(line.fields.at("status"), "200");
  EXPECT_EQ(line.fields.at("request_id"), "req-1");
  EXPECT_EQ(line.fields.count("duration_us"), 1U);
  EXPECT_FALSE(log_.mentions("s3cret") || log_.mentions("k3y") || log_.mentions("b0dy"));
}

TEST_F(Server, LogsAFaultWithItsRequestId) {
  auto client = this->client();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: req-2\r\nTransfer-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(client.answer()->field("x-request-id"), "req-2");
  ASSERT_EQ(log_.of("http.refused").size(), 1U);
  EXPECT_EQ(log_.of("http.refused").front().fields.at("request_id"), "req-2");
  EXPECT_EQ(log_.of("http.refused").front().fields.at("code"), "malformed_request");
}

TEST_F(Server, BoundsTheLinesOfAFloodOfFaults) {
  for (int i = 0; i < 200; ++i) {
    auto client = this->client();
    client.send("nonsense\r\n\r\n");
    client.closed();
  }
  EXPECT_LT(log_.of("http.refused").size(), 200U);
  EXPECT_EQ(metrics_.http_framing_errors.value(), 200U);
}

TEST_F(Server, NamesItsThreads) {
  server();
  // A thread names itself, once it runs.
  EXPECT_TRUE(eventually([] {
    std::set<std::string> names;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string name;
      std::ifstream comm(task.path() / "comm");
      std::getline(comm, name);
      names.insert(name);
    }
    return names.count("http-0") + names.count("http-1") + names.count("http-accept") == 3;
  }));
}

TEST_F(Server, LeavesNoDescriptorToChildren) {
  std::set<std::string> inherited;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    inherited.insert(entry.path().filename());
  }
  auto client = this->client();
  client.send(get("/held"));
  ASSERT_TRUE(eventually([this] { return handler_.held() == 1; }));
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    if (inherited.count(entry.path().filename()) > 0) continue;
    std::error_code gone;
    const auto target = std::filesystem::read_symlink("/proc/self/fd" / entry.path().filename(), gone).string();
    if (target.find("socket:") == std::string::npos && target.find("anon_inode:") == std::string::npos) continue;
    std::ifstream info(entry.path());
    std::string word;
    while (info >> word && word != "flags:") {
    }
    unsigned long flags = 0;
    info >> std::oct >> flags;
    EXPECT_TRUE(flags & 02000000UL) << target << " has no O_CLOEXEC";
  }
  handler_.release();
}

}  // namespace
}  // namespace herald::test
