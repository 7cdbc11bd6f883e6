// Specification 006, story 1: a client sends, repeats without fear, and is told what is wrong.
#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class UnifiedSend : public RunningHost {
 protected:
  static std::vector<std::string> key(const std::string& value) { return {"Idempotency-Key: " + value}; }

  HttpAnswer post_sms(const std::string& body, const std::vector<std::string>& headers = {}) {
    return post("/api/messages/sms", sms(body), headers);
  }

  // How many messages the host lists.
  std::size_t stored() { return get("/api/messages?limit=200").json()["items"].size(); }

  static std::string id_of(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 202) << answer.body;
    return answer.json().value("id", "");
  }
  static bool is_replay(const HttpAnswer& answer) { return answer.headers.count("idempotency-replayed") == 1; }
};

TEST_F(UnifiedSend, AcceptsAnSmsAnMmsAndAnEmail) {
  start({{"API_DISPATCH", "off"}});
  for (const auto& [path, body] : {std::pair{"/api/messages/sms", sms()}, std::pair{"/api/messages/sms", mms()},
                                   std::pair{"/api/messages/email", email()}}) {
    const auto answer = post(path, body);
    ASSERT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(answer.json()["status"], "accepted");
    const auto stored = get(answer.headers.at("location")).json();
    for (const auto& field : body.items())
      EXPECT_EQ(stored[field.key()], field.value() == "email" ? "email" : field.value()) << field.key();
  }
}

TEST_F(UnifiedSend, AcknowledgesOnlyWhatSurvivesAKill) {
  start({{"API_DISPATCH", "off"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(send_sms("Number " + std::to_string(i)));
  host().kill();
  start({{"API_DISPATCH", "off"}});
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(message(ids[i])["body"], "Number " + std::to_string(i));
}

TEST_F(UnifiedSend, AcknowledgesWithinTwoHundredMilliseconds) {
  start();
  constexpr int kClients = 4;
  constexpr int kEach = 50;
  std::mutex mutex;
  std::vector<std::chrono::steady_clock::duration> took;
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&] {
      HttpClient own;
      for (int i = 0; i < kEach; ++i) {
        const auto began = std::chrono::steady_clock::now();
        const auto answer = own.post(host().url("/api/messages/sms"), sms());
        const std::lock_guard lock(mutex);
        if (answer.status == 202) took.push_back(std::chrono::steady_clock::now() - began);
      }
    });
  }
  for (auto& one : clients)
    one.join();
  EXPECT_EQ(took.size(), std::size_t{kClients} * kEach);
  const auto in_time =
      std::count_if(took.begin(), took.end(), [](auto one) { return one < std::chrono::milliseconds{200}; });
  EXPECT_GE(in_time * 100, 95 * kClients * kEach);
}

TEST_F(UnifiedSend, DispatchesWhatItAccepted) {
  start();
  const auto story = message_when(id_of(post_sms("Hello", key("once"))), "dispatched");
  EXPECT_EQ(story["attempts"].size(), 1U) << story;
}

TEST_F(UnifiedSend, ListsEveryFaultOfARequestAtOnce) {
  start();
  const auto answer = post("/api/messages/email", {{"from", "nobody"}, {"subject", "two\nlines"}, {"ttl_seconds", 0}});
  EXPECT_EQ(answer.status, 400);
  std::set<std::string> pointers;
  const auto body = answer.json();
  for (const auto& error : body["errors"])
    pointers.insert(error["pointer"]);
  EXPECT_EQ(pointers, (std::set<std::string>{"/from", "/to", "/body", "/subject", "/ttl_seconds"})) << answer.body;
}

TEST_F(UnifiedSend, ReplaysTheFirstAnswerForTheSameKey) {
  start({{"API_DISPATCH", "off"}});
  const auto first = post_sms("Once", key("k"));
  const auto second = post_sms("Once", key("k"));
  EXPECT_FALSE(is_replay(first));
  EXPECT_TRUE(is_replay(second));
  EXPECT_EQ(id_of(second), id_of(first));
  EXPECT_EQ(second.headers.at("location"), first.headers.at("location"));
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, TakesTheSameFieldsInAnotherOrderForTheSameRequest) {
  start({{"API_DISPATCH", "off"}});
  const auto first = id_of(post_sms("Once", key("k")));
  const auto again =
      client().request("POST", host().url("/api/messages/sms"),
                       R"({ "body": "\u004fnce", "type":"sms","to":"+12025550142", "from":"+12025550123" })",
                       {"Content-Type: application/json", "Idempotency-Key: k"});
  EXPECT_EQ(id_of(again), first);
}

TEST_F(UnifiedSend, RefusesAKeyThatWasUsedForAnotherRequest) {
  start({{"API_DISPATCH", "off"}});
  id_of(post_sms("One", key("k")));
  const auto other = post_sms("Two", key("k"));
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json()["code"], "idempotency_key_reused");
  EXPECT_EQ(post("/api/messages/email", email(), key("k")).status, 422);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, RemembersAKeyOverARestart) {
  start({{"API_DISPATCH", "off"}});
  const auto first = id_of(post_sms("Once", key("k")));
  for (const bool orderly : {false, true}) {
    if (orderly)
      EXPECT_EQ(host().terminate().code, 0);
    else
      host().kill();
    start({{"API_DISPATCH", "off"}});
    const auto again = post_sms("Once", key("k"));
    EXPECT_EQ(id_of(again), first);
    EXPECT_TRUE(is_replay(again));
    EXPECT_EQ(post_sms("Another", key("k")).status, 422);
  }
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, ForgetsAKeyAfterItsTime) {
  start({{"API_DISPATCH", "off"}, {"API_IDEMPOTENCY_TTL_SECS", "1"}});
  const auto first = id_of(post_sms("Once", key("k")));
  EXPECT_TRUE(eventually([&] { return id_of(post_sms("Once", key("k"))) != first; }));
}

TEST_F(UnifiedSend, SendsOnceForManyRequestsWithOneKeyAtOnce) {
  start({{"API_DISPATCH", "off"}});
  std::mutex mutex;
  std::set<std::string> ids;
  std::set<int> others;
  std::vector<std::thread> clients;
  clients.reserve(8);
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      HttpClient own;
      for (int i = 0; i < 25; ++i) {
        const auto answer = own.post(host().url("/api/messages/sms"), sms("Once"), key("k"));
        const std::lock_guard lock(mutex);
        if (answer.status == 202)
          ids.insert(answer.json()["id"]);
        else
          others.insert(answer.status);
      }
    });
  }
  for (auto& one : clients)
    one.join();
  EXPECT_EQ(ids.size(), 1U);
  others.erase(409);
  EXPECT_TRUE(others.empty()) << *others.begin();
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, TellsThatAKeyIsInFlight) {
  start({{"API_DISPATCH", "off"}});
  // Which request of a round comes while another one with its key waits for its commit is a matter of luck.
  int rounds = 0;
  std::optional<HttpAnswer> conflict;
  EXPECT_TRUE(eventually(
      [&] {
        const auto same = key("round-" + std::to_string(++rounds));
        std::array<HttpAnswer, 4> answers;
        std::vector<std::thread> clients;
        clients.reserve(answers.size());
        for (auto& answer : answers) {
          clients.emplace_back([&] {
            HttpClient own;
            answer = own.post(host().url("/api/messages/sms"), sms("Once"), same);
          });
        }
        for (auto& one : clients)
          one.join();
        for (const auto& answer : answers) {
          if (answer.status == 409) conflict = answer;
        }
        return conflict.has_value();
      },
      std::chrono::seconds{60}));
  ASSERT_TRUE(conflict) << "no 409 in " << rounds << " rounds";
  EXPECT_EQ(conflict->json()["code"], "idempotency_key_in_flight");
  EXPECT_GE(std::stoi(conflict->headers.at("retry-after")), 1);
  const auto again = post_sms("Once", key("round-" + std::to_string(rounds)));
  EXPECT_EQ(again.status, 202);
  EXPECT_TRUE(is_replay(again)) << "the request that was first has its message";
}

TEST_F(UnifiedSend, RefusesAKeyThatIsNone) {
  start({{"API_DISPATCH", "off"}});
  for (const auto& bad : {std::string(256, 'k'), std::string("two words"), std::string("caf\xC3\xA9")})
    EXPECT_EQ(post_sms("Once", key(bad)).status, 400) << bad;
  EXPECT_EQ(post_sms("Once", {"Idempotency-Key: a", "Idempotency-Key: b"}).status, 400);
  EXPECT_EQ(post_sms("Once", key(std::string(255, 'k'))).status, 202);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, RefusesWhatIsOverTheLimitOfASender) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_SENDER_PER_MIN", "2"}});
  send_sms();
  send_sms();
  auto same_sender = sms();
  same_sender["from"] = "+1 (202) 555-0123";
  const auto refused = post("/api/messages/sms", same_sender);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["code"], "rate_limited");
  EXPECT_GE(std::stoi(refused.headers.at("retry-after")), 1);
  EXPECT_NE(refused.headers.at("ratelimit").find("\"sender\";r=0"), std::string::npos);
  EXPECT_NE(refused.headers.at("ratelimit-policy").find("\"sender\";q=2;w=60"), std::string::npos);
  EXPECT_EQ(metrics()["rate_limited"], 1);

  auto another = sms();
  another["from"] = "+12025550199";
  EXPECT_EQ(post("/api/messages/sms", another).status, 202);
  EXPECT_EQ(stored(), 3U);
}

TEST_F(UnifiedSend, RefusesWhatIsOverTheLimitOfAnAddress) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_IP_PER_MIN", "2"}});
  send_sms();
  send_email();
  const auto refused = post("/api/messages/email", email());
  EXPECT_EQ(refused.status, 429);
  EXPECT_GE(std::stoi(refused.headers.at("retry-after")), 1);
  EXPECT_NE(refused.headers.at("ratelimit").find("\"ip\";r=0"), std::string::npos);
  EXPECT_NE(refused.headers.at("ratelimit-policy").find("\"ip\";q=2;w=60"), std::string::npos);
  EXPECT_EQ(stored(), 2U);
}

TEST_F(UnifiedSend, DoesNotConsumeTheKeyOfARateLimitedRequest) {
  for (const std::string limit : {"IP", "SENDER"}) {
    // A quota of 60 a minute comes back at one a second, so the retry need not wait long.
    start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_" + limit + "_PER_MIN", "60"}});
    HttpAnswer refused;
    std::string last;
    for (int i = 0; i < 1000 && refused.status != 429; ++i) {
      last = limit + std::to_string(i);
      refused = post_sms("Message " + last, key(last));
    }
    ASSERT_EQ(refused.status, 429);
    const auto before = stored();
    HttpAnswer retried;
    ASSERT_TRUE(eventually([&] {
      retried = post_sms("Message " + last, key(last));
      return retried.status != 429;
    })) << retried.body;
    EXPECT_EQ(retried.status, 202);
    EXPECT_FALSE(is_replay(retried));
    EXPECT_EQ(stored(), before + 1);
    host().kill();
  }
}

TEST_F(UnifiedSend, SpendsNoRateLimitOnAReplay) {
  start({{"API_DISPATCH", "off"}, {"API_RATE_LIMIT_PER_SENDER_PER_MIN", "1"}});
  const auto first = id_of(post_sms("Once", key("k")));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(id_of(post_sms("Once", key("k"))), first);
  EXPECT_EQ(post_sms("Another").status, 429);
}

TEST_F(UnifiedSend, EnqueuesNothingThatItRefused) {
  start({{"API_DISPATCH", "off"}, {"API_QUEUE_MAX", "1"}, {"API_RATE_LIMIT_PER_SENDER_PER_MIN", "3"}});
  send_sms();
  EXPECT_EQ(post_sms("   ", key("a")).status, 400);
  EXPECT_EQ(post_sms("Too many wait", key("b")).status, 503);
  EXPECT_EQ(post_sms("Too many wait", key("b")).status, 503) << "the key was consumed";
  EXPECT_EQ(post_sms("Too fast", key("c")).status, 429);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(UnifiedSend, TakesBackWhatIsPendingAndNothingElse) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_sms();
  EXPECT_EQ(post("/api/messages/" + id + "/cancel", nullptr).json()["status"], "cancelled");
  EXPECT_EQ(post("/api/messages/" + id + "/cancel", nullptr).status, 409);
  host().kill();
  start();
  message_when(send_sms(), "dispatched");
  EXPECT_EQ(message(id)["status"], "cancelled");
  EXPECT_TRUE(message(id)["attempts"].empty());
}

TEST_F(UnifiedSend, SendsDeadLettersAgain) {
  start({{"API_WORKER_MAX_RETRIES", "0"}, {"API_PROVIDER_ERROR_PCT", "100"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(i % 2 == 0 ? send_sms() : send_email());
  for (const auto& id : ids)
    message_when(id, "failed");
  const auto healthy =
      client().request("PUT", host().url("/api/provider/mock/config"),
                       R"({"timeout_pct":0,"error_pct":0,"ratelimit_pct":0})", {"Content-Type: application/json"});
  ASSERT_EQ(healthy.status, 200) << healthy.body;
  EXPECT_EQ(post("/api/messages/retry?status=failed&provider=email", nullptr).json()["retried"], 2);
  EXPECT_EQ(post("/api/messages/retry?status=failed", nullptr).json()["retried"], 3);
  for (const auto& id : ids)
    EXPECT_EQ(message_when(id, "dispatched")["attempts"].size(), 2U);
}

}  // namespace
}  // namespace herald::test
