// The first gate: keys, signatures, and who is believed about the client's address.
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "support/temp_dir.h"
#include "unit/access/keys.h"
#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using http::Method;
using ::testing::HasSubstr;

const auto kSender = minted(1, "send");
const auto kReader = minted(2, "read");
const auto kAdmin = minted(3, "admin");

// An API with the files that a test writes.
class GateTest : public ApiTest {
 protected:
  std::string private_file(const char* name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path.string();
  }

  void guard(const access::Options& options) {
    auto opened = access::Access::open(options, clock_, log_, metrics_);
    ASSERT_TRUE(opened) << opened.error().message;
    opened_ = *std::move(opened);
    guarded_ = std::make_unique<api::Api>(
        api::Options{},
        api::Api::Dependencies{intake_, reader_, providers_, lanes_, readiness_, clock_, log_, metrics_, *opened_});
    active_ = guarded_.get();
  }

  static Headers with(const access::MintedKey& key) { return {{"authorization", "Bearer " + key.secret}}; }

  http::Response send_with(const access::MintedKey& key, Headers headers = {}) {
    headers.push_back(with(key).front());
    return post("/api/messages/sms", sms(), headers);
  }

  static void expect_denied(const http::Response& response, const std::string& code) {
    expect_problem(response, 401, code);
    EXPECT_THAT(header(response, "WWW-Authenticate"), ::testing::StartsWith("Bearer realm=\"herald\""));
  }

  TempDir folder_;
  std::unique_ptr<access::Access> opened_;
  std::unique_ptr<api::Api> guarded_;
};

class Keys : public GateTest {
 protected:
  void SetUp() override { guard(options()); }
  access::Options options() {
    access::Options options;
    options.keys_file = private_file("keys", list_of({kSender, kReader, kAdmin}));
    return options;
  }
};

TEST_F(Keys, AreAskedForByEveryCallOfTheInterface) {
  for (const char* path : {"/api/messages", "/api/providers/email/config", "/api/nothing", "/api", "/api/%zz"}) {
    expect_denied(get(path), "key_required");
    expect_denied(ask(Method::kPatch, path), "key_required");
  }
  expect_denied(get("/%61pi/messages"), "key_required");
  expect_denied(post("/api/webhooks/sms", json::object()), "key_required");
  expect_denied(ask(Method::kPost, "/api/providers/email/webhook/x"), "key_required");
  EXPECT_TRUE(providers_.webhooks.empty());
}

TEST_F(Keys, AreNotAskedForByProbes) {
  for (const char* path : {"/healthz", "/livez", "/readyz", "/metrics"})
    EXPECT_EQ(get(path).status, 200) << path;
  expect_problem(get("/nothing"), 404, "not_found");
  expect_problem(get("/apis"), 404, "not_found");
}

TEST_F(Keys, AreTakenAsBearerTokensOnly) {
  EXPECT_EQ(get("/api/messages", with(kReader)).status, 200);
  EXPECT_EQ(get("/api/messages", {{"Authorization", "bearer  " + kReader.secret}}).status, 200);
  for (const auto& value : {kReader.secret, "Basic " + kReader.secret, std::string("Bearer"), std::string("Bearer "),
                            "Bearer " + kReader.key.id, "Bearer " + kReader.secret + " ", "Bearer\t" + kReader.secret,
                            "Bearer " + minted(9).secret}) {
    const auto response = get("/api/messages", {{"authorization", value}});
    expect_denied(response, "key_invalid");
    EXPECT_THAT(header(response, "WWW-Authenticate"), HasSubstr("error=\"invalid_token\""));
  }
  auto two = with(kReader);
  two.push_back(two.front());
  expect_denied(get("/api/messages", two), "key_invalid");
}

TEST_F(Keys, CoverTheirScopeAndNoOther) {
  const auto response = send_with(kReader);
  expect_problem(response, 403, "scope_missing");
  EXPECT_EQ(header(response, "WWW-Authenticate"),
            "Bearer realm=\"herald\", error=\"insufficient_scope\", scope=\"send\"");
  EXPECT_EQ(send_with(kSender).status, 202);
  EXPECT_EQ(get("/api/messages", with(kSender)).status, 403);
  EXPECT_EQ(get("/api/messages", with(kAdmin)).status, 403);
  EXPECT_EQ(ask(Method::kPost, "/api/messages/retry?status=failed", {}, with(kSender)).status, 403);
  EXPECT_EQ(ask(Method::kPost, "/api/providers/email/disable", {}, with(kSender)).status, 403);
  EXPECT_EQ(metrics_.access_forbidden.value(), 5U);
}

TEST_F(Keys, ShowWhatIsMissingToWhoeverHasOneAlone) {
  expect_problem(get("/api/nothing", with(kReader)), 404, "not_found");
  expect_problem(ask(Method::kPatch, "/api/messages", {}, with(kReader)), 405, "method_not_allowed");
}

TEST_F(Keys, AreJudgedBeforeABodyIsAskedFor) {
  const auto refusal = check_head(Method::kPost, "/api/messages/sms", {{"content-type", "application/json"}});
  ASSERT_TRUE(refusal);
  expect_denied(*refusal, "key_required");
  auto headers = with(kSender);
  headers.emplace_back("content-type", "application/json");
  EXPECT_FALSE(check_head(Method::kPost, "/api/messages/sms", headers));
}

TEST_F(Keys, ThatFailTooOftenAreLimitedPerNetworkAndNotLogged) {
  for (std::uint32_t i = 0; i < api::Gate::kDenialsAMinute; ++i)
    ASSERT_EQ(get("/api/messages").status, 401);
  const auto response = get("/api/messages");
  expect_problem(response, 429, "denied_too_often");
  EXPECT_EQ(header(response, "Retry-After"), "2");
  EXPECT_EQ(log_.of("access.denied").size(), api::Gate::kDenialsAMinute);
  EXPECT_EQ(metrics_.access_denied.value(), api::Gate::kDenialsAMinute + 1);
  EXPECT_EQ(metrics_.access_limited.value(), 1U);
  EXPECT_EQ(get("/api/messages", with(kReader)).status, 200) << "a neighbour cannot shut out who has a key";
  remote_address_ = "192.0.2.1";
  EXPECT_EQ(get("/api/messages").status, 401) << "another network has its own account";
  remote_address_ = "127.0.0.1";
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(get("/api/messages").status, 401);
}

TEST_F(Keys, AreLoggedByNothingButAnId) {
  remote_address_ = "203.0.113.77";
  const auto stranger = minted(9);
  get("/api/messages", with(stranger));
  get("/api/messages", with(kSender));
  ASSERT_EQ(log_.of("access.denied").size(), 1U);
  EXPECT_EQ(log_.of("access.denied").front().fields.at("network"), "203.0.113.0/24");
  ASSERT_EQ(log_.of("access.forbidden").size(), 1U);
  EXPECT_EQ(log_.of("access.forbidden").front().fields.at("key_id"), kSender.key.id);
  for (const auto& part : {stranger.secret.substr(24), kSender.secret.substr(24), std::string("203.0.113.77")})
    EXPECT_FALSE(log_.mentions(part)) << part;
  EXPECT_THAT(metrics_.prometheus_text(), ::testing::Not(HasSubstr("herald_0")));
}

TEST_F(Keys, MayBeLeftToAPluginForItsCarrier) {
  auto open_webhooks = options();
  open_webhooks.webhook_keys = false;
  guard(open_webhooks);
  EXPECT_NE(ask(Method::kPost, "/api/providers/email/webhook/x").status, 401);
  expect_denied(post("/api/webhooks/sms", json::object()), "key_required");
}

TEST_F(Keys, AreNotHandedToAPlugin) {
  auto headers = with(kSender);
  headers.emplace_back("X-Webhook-Token", "the plugin's own");
  ask(Method::kPost, "/api/providers/email/webhook", {}, headers);
  using Fields = decltype(providers_.webhooks.front().headers);
  EXPECT_EQ(providers_.webhooks.at(0).headers, (Fields{{"X-Webhook-Token", "the plugin's own"}}));
  auto open_webhooks = options();
  open_webhooks.webhook_keys = false;
  guard(open_webhooks);
  ask(Method::kPost, "/api/providers/email/webhook", {}, {{"Authorization", "Basic for-the-plugin"}});
  EXPECT_EQ(providers_.webhooks.at(1).headers, (Fields{{"Authorization", "Basic for-the-plugin"}}));
}

// The secret that signs, decoded: the octets "0" to "23".
class SignedWebhooks : public GateTest {
 protected:
  void SetUp() override {
    access::Options options;
    options.keys_file = private_file("keys", list_of({kSender}));
    options.webhook_secrets_file = private_file("secrets", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n");
    guard(options);
  }

  http::Response deliver(const char* path, const json& event, const std::string& id,
                         std::chrono::seconds age = std::chrono::seconds{0}) {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>((clock_.wall() - age).time_since_epoch()).count();
    const auto timestamp = std::to_string(at);
    const auto body = event.dump();
    const auto digest = base::hmac_sha256("012345678901234567890123", {id, ".", timestamp, ".", body});
    return post_raw(
        path, body,
        {{"Webhook-Id", id}, {"Webhook-Timestamp", timestamp}, {"Webhook-Signature", "v1," + base64(digest)}});
  }
  static std::string base64(const base::Sha256Digest& digest) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < digest.size(); i += 3) {
      const auto octet = [&digest, i](std::size_t k) { return i + k < digest.size() ? digest[i + k] : 0U; };
      const unsigned bits = (octet(0) << 16U) | (octet(1) << 8U) | octet(2);
      for (unsigned k = 0; k < 4; ++k)
        text += i + k > digest.size() ? '=' : kAlphabet[(bits >> (18U - 6U * k)) & 63U];
    }
    return text;
  }
  static json event() {
    return {{"from", "+12025550142"},
            {"to", "+12025550123"},
            {"type", "sms"},
            {"messaging_provider_id", "m-1"},
            {"body", "Thank you"}};
  }
};

TEST_F(SignedWebhooks, AreTakenWithoutAKey) {
  EXPECT_EQ(deliver("/api/webhooks/sms", event(), "a").status, 202);
}

TEST_F(SignedWebhooks, AreRefusedWithoutASignatureAlsoWithAKey) {
  auto headers = with(kSender);
  for (const char* path : {"/api/webhooks/sms", "/api/webhooks/email", "/api/provider/mock/inbound"}) {
    expect_problem(post(path, event(), headers), 401, "signature_invalid");
    EXPECT_FALSE(header(post(path, event()), "WWW-Authenticate").empty());
  }
  EXPECT_EQ(metrics_.webhooks_unsigned.value(), 6U);
  EXPECT_EQ(metrics_.access_denied.value(), 0U);
  EXPECT_TRUE(store_.received().empty());
}

TEST_F(SignedWebhooks, AreRefusedWhenTheyAreOld) {
  expect_problem(deliver("/api/webhooks/sms", event(), "a", std::chrono::seconds{301}), 401, "signature_invalid");
  EXPECT_EQ(log_.of("access.denied").front().fields.at("reason"), "signed too long ago");
}

TEST_F(SignedWebhooks, AreRefusedWithAFieldThatStandsThereTwice) {
  const auto sound = deliver("/api/webhooks/sms", event(), "a");
  ASSERT_EQ(sound.status, 202);
  expect_problem(post("/api/webhooks/sms", event(), {{"webhook-id", "a"}, {"webhook-id", "b"}}), 401,
                 "signature_invalid");
}

TEST_F(SignedWebhooks, ComeBackOnlyFromTheCarrierItself) {
  const auto first = deliver("/api/webhooks/sms", event(), "a");
  expect_problem(deliver("/api/webhooks/sms", event(), "a"), 409, "webhook_replayed");
  clock_.advance(std::chrono::seconds{2});
  const auto again = deliver("/api/webhooks/sms", event(), "a");
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(parsed(again), parsed(first));
  EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
  expect_problem(deliver("/api/webhooks/sms", event(), "a", std::chrono::seconds{2}), 409, "webhook_replayed");
  auto other = event();
  other["body"] = "No, thank you";
  expect_problem(deliver("/api/webhooks/sms", other, "a"), 422, "idempotency_key_reused");
  EXPECT_EQ(metrics_.webhooks_replayed.value(), 2U);
}

TEST_F(SignedWebhooks, GoByTheirOwnIdAndNoUnsignedOne) {
  ASSERT_EQ(send_with(kSender, {{"idempotency-key", "a"}}).status, 202);
  EXPECT_EQ(deliver("/api/webhooks/sms", event(), "a").status, 202) << "nobody can use up a carrier's id";
}

class Proxies : public GateTest {
 protected:
  void SetUp() override {
    access::Options options;
    options.keys_file = private_file("keys", list_of({kSender}));
    options.trusted_proxies = "10.0.0.0/8";
    guard(options);
  }
};

TEST_F(Proxies, TellWhoseFailuresAreCounted) {
  remote_address_ = "10.0.0.1";
  get("/api/messages", {{"X-Forwarded-For", "192.0.2.66, 203.0.113.9"}});
  EXPECT_EQ(log_.of("access.denied").back().fields.at("network"), "203.0.113.0/24");
  remote_address_ = "198.51.100.1";
  get("/api/messages", {{"x-forwarded-for", "203.0.113.9"}});
  EXPECT_EQ(log_.of("access.denied").back().fields.at("network"), "198.51.100.0/24") << "no proxy of ours said so";
}

TEST_F(Proxies, TellAPluginWhoAsks) {
  remote_address_ = "10.0.0.1";
  auto headers = with(kSender);
  headers.emplace_back("X-Forwarded-For", "203.0.113.9");
  ask(Method::kPost, "/api/providers/email/webhook", {}, headers);
  EXPECT_EQ(providers_.webhooks.at(0).remote_address, "203.0.113.9");
}

}  // namespace
}  // namespace herald::test
