// Hostile peers at the real binary's door: each is answered or closed, nothing of it is stored that should not be, and
// the host goes on serving the others.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/raw_client.h"
#include "integration/running_host.h"

namespace herald::test {
namespace {

using std::chrono::milliseconds;

class Edge : public RunningHost {
 protected:
  static constexpr std::size_t kMaxBody = 262'144;  // API_MAX_BODY_BYTES as it is by itself

  RawClient peer(int receive_buffer_bytes = 0) { return RawClient(host().port(), receive_buffer_bytes); }

  static std::string post_of(const std::string& body, const std::string& fields = "") {
    return "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string get_of(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
  static std::string chunked(const std::string& coding, const std::string& chunks) {
    return "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: " +
           coding + "\r\n\r\n" + chunks;
  }

  // The answer to these bytes alone.
  RawAnswer told(const std::string& bytes) {
    auto one = peer();
    one.send(bytes);
    return one.answer().value_or(RawAnswer{});
  }
  static std::string code_of(const RawAnswer& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("code", "") : "";
  }

  std::size_t stored() { return get("/api/messages").json().at("items").size(); }

  // The bytes get this answer, the connection ends, and what stands behind them is no request.
  void expect_end(const std::string& bytes, int status) {
    auto one = peer();
    one.send(bytes + post_of(sms("smuggled").dump()));
    const auto answer = one.answer();
    ASSERT_TRUE(answer) << bytes.substr(0, 200);
    EXPECT_EQ(answer->status, status) << bytes.substr(0, 200);
    EXPECT_EQ(answer->field("connection"), "close") << bytes.substr(0, 200);
    EXPECT_EQ(answer->field("content-type"), "application/problem+json") << bytes.substr(0, 200);
    EXPECT_FALSE(one.answer()) << "a second answer to: " << bytes.substr(0, 200);
    EXPECT_EQ(stored(), 0U) << bytes.substr(0, 200);
  }

  // Of the process, in bytes.
  std::size_t resident() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/statm");
    std::size_t all = 0;
    std::size_t in_memory = 0;
    status >> all >> in_memory;
    return in_memory * 4096;
  }
  std::ptrdiff_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid_) + "/fd");
    return std::distance(begin(all), end(all));
  }
  void start_quiet() {
    start({{"API_DISPATCH", "off"}});
    pid_ = host().pid();
  }

  pid_t pid_ = 0;
};

TEST_F(Edge, SmugglesNoRequestThroughWhatTwoServersReadDifferently) {
  start_quiet();
  const std::string head = "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const std::string chunk = "2\r\n{}\r\n0\r\n\r\n";
  expect_end(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, 400);
  expect_end(head + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n" + chunk, 400);
  expect_end(head + "Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 2, 20\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: +2\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 0x2\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 18446744073709551618\r\n\r\n{}", 400);
  expect_end(head + "Content-Length : 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\r\n Content-Length: 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\nContent-Length: 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\rContent-Length: 2\r\n\r\n{}", 400);
  expect_end("POST /api/messages/sms HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}", 400);
}

TEST_F(Edge, TakesNoTransferCodingButChunked) {
  start_quiet();
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "xchunked", "chunked, identity"}) {
    auto one = peer();
    one.send(chunked(coding, "2\r\n{}\r\n0\r\n\r\n") + post_of(sms("smuggled").dump()));
    const auto answer = one.answer();
    ASSERT_TRUE(answer) << coding;
    EXPECT_TRUE(answer->status == 400 || answer->status == 501) << coding << ": " << answer->status;
    EXPECT_FALSE(one.answer()) << coding;
  }
  expect_end("POST /api/messages/sms HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400);
}

TEST_F(Edge, ReadsChunksWithExtensionsAndTrailersAndDropsBoth) {
  start_quiet();
  const auto body = sms().dump();
  std::string size;
  for (std::size_t left = body.size(); left > 0; left /= 16)
    size.insert(0, 1, "0123456789abcdef"[left % 16]);
  auto one = peer();
  one.send(chunked("chunked", size + ";a=b\r\n" + body + "\r\n0\r\nContent-Length: 5\r\nHost: evil\r\n\r\n") +
           get_of("/livez"));
  EXPECT_EQ(one.answer()->status, 202);
  EXPECT_EQ(one.answer()->status, 200);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Edge, ReadsNoChunkWhoseEndIsInDoubt) {
  start_quiet();
  expect_end(chunked("chunked", "2\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "2\r\n{}0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "-2\r\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "10000000000000002\r\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "2\r\n{}\r\n0\r\nX-A : b\r\n\r\n"), 400);
}

TEST_F(Edge, ReadsNoHeadOverItsBound) {
  start_quiet();
  const auto with_field = [](std::size_t bytes) {
    return "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: " + std::string(bytes, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(told(with_field(16'000)).status, 200);
  expect_end(with_field(17'000), 431);
  expect_end("GET /" + std::string(17'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
}

TEST_F(Edge, TakesABodyOfExactlyTheLimitAndNotOneByteMore) {
  start_quiet();
  const auto padded = [](std::size_t size) {
    const auto message = sms().dump();
    return message + std::string(size - message.size(), ' ');
  };
  EXPECT_EQ(told(post_of(padded(kMaxBody))).status, 202);
  const auto refused = told(post_of(padded(kMaxBody + 1)));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(code_of(refused), "body_too_large");
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Edge, RefusesEveryJsonThatIsNotOneMeaning) {
  start_quiet();
  const auto with = [](const std::string& words) {
    return R"({"from":"+12025550123","to":"+12025550142","type":"sms","body":)" + words + "}";
  };
  const std::vector<std::pair<std::string, std::string>> hostile = {
      {"nested 100,000 deep", std::string(100'000, '[') + std::string(100'000, ']')},
      {"nested in a member", with(std::string(100'000, '[') + std::string(100'000, ']'))},
      {"nested and never closed", with(std::string(200'000, '{'))},
      {"a name twice", with(R"("a","body":"b")")},
      {"a lone high surrogate", with(R"("\ud800")")},
      {"a lone low surrogate", with(R"("\udc00x")")},
      {"a surrogate in UTF-8", with("\"\xED\xA0\x80\"")},
      {"an overlong form", with("\"\xC0\xAF\"")},
      {"a cut sequence", with("\"\xE2\x82\"")},
      {"a NUL in a string", with(std::string("\"a\0b\"", 5))},
      {"a NUL behind the document", with("\"a\"") + std::string(1, '\0')},
      {"a second document", with("\"a\"") + "{}"},
      {"a number out of range", with(R"("a","ttl_seconds":1e400)")},
      {"an integer out of range", with(R"("a","ttl_seconds":99999999999999999999)")},
      {"a negative time", with(R"("a","ttl_seconds":-1)")},
      {"not a number", with(R"("a","ttl_seconds":NaN)")},
  };
  for (const auto& [what, body] : hostile) {
    const auto answer = told(post_of(body));
    EXPECT_EQ(answer.status, 400) << what << ": " << answer.body.substr(0, 300);
    EXPECT_FALSE(code_of(answer).empty()) << what;
  }
  EXPECT_EQ(stored(), 0U);
}

TEST_F(Edge, ClimbsOutOfNoPath) {
  start_quiet();
  for (const char* path :
       {"/../etc/passwd", "/api/../metrics", "/api/messages/../../metrics", "/api/messages/%2e%2e/%2e%2e/metrics",
        "/api%2fmessages", "/api/messages%2f1", "/api/messages/..%2f..%2fmetrics", "//metrics", "/metrics/",
        "/api/messages/..%5c..%5cmetrics", "/api/providers/..%2fplugins"}) {
    EXPECT_EQ(told(get_of(path)).status, 404) << path;
  }
  for (const char* path : {"/metrics%00", "/api/messages/%00", "/api/messages/1%0d%0aX-A:%20b", "/api/%", "/api/%zz"})
    EXPECT_EQ(told(get_of(path)).status, 400) << path;
}

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
  get("/livez");
  const auto before = descriptors();
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
  EXPECT_EQ(get("/api/messages?limit=100").json().at("items").size(), static_cast<std::size_t>(kPeers));
  EXPECT_TRUE(eventually([&] { return descriptors() <= before; })) << descriptors() << " descriptors, were " << before;
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
