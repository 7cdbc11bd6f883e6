#include "tools/bench/request_source.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/temp_dir.h"

namespace herald::tools::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Source {
  explicit Source(const Options& options, std::uint64_t seed = 1) : random(seed) {
    auto made = make_source(options, random);
    if (made) source = std::move(*made);
  }
  std::string next() {
    std::string request = "what stood here before";
    source->next(request);
    return request;
  }

  base::SeededRandom random;
  std::unique_ptr<RequestSource> source;
};

Options of(Mix mix) {
  Options options;
  options.target = {"h", 81, "/api/messages/sms"};
  options.mix = mix;
  return options;
}

nlohmann::json body_of(const std::string& request) {
  return nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
}

TEST(RequestSource, MakesWholeMessages) {
  for (const Mix mix : {Mix::kA, Mix::kB}) {
    Source source(of(mix));
    const std::string request = source.next();
    EXPECT_THAT(request, StartsWith("POST /api/messages/sms HTTP/1.1\r\nHost: h:81\r\n"));
    const auto size = std::to_string(request.size() - request.find("\r\n\r\n") - 4);
    EXPECT_EQ(size, std::to_string(source.source->body_bytes()));
    EXPECT_THAT(request, HasSubstr("\r\nContent-Length: " + size + "\r\n"));
    EXPECT_EQ(body_of(request).at("type"), "sms");
    EXPECT_THAT(request, Not(HasSubstr("Authorization")));
  }
}

TEST(RequestSource, SpreadsMixAOverItsSendersAndRecipientsWithoutKeys) {
  Source source(of(Mix::kA));
  std::set<std::string> senders;
  std::set<std::string> recipients;
  for (int i = 0; i < 100'000; ++i) {
    const std::string request = source.next();
    const auto body = body_of(request);
    senders.insert(body.at("from"));
    recipients.insert(body.at("to"));
    if (i == 0) {
      EXPECT_THAT(request, Not(HasSubstr("Idempotency-Key")));
    }
  }
  EXPECT_EQ(senders.size(), 1'000U);
  EXPECT_EQ(recipients.size(), 9'000U);
}

TEST(RequestSource, GivesEachRequestOfMixBAKeyOfItsOwn) {
  Source source(of(Mix::kB));
  std::set<std::string> keys;
  std::set<std::string> pairs;
  for (int i = 0; i < 1'000; ++i) {
    const std::string request = source.next();
    const auto at = request.find("Idempotency-Key: ") + 17;
    keys.insert(request.substr(at, 32));
    EXPECT_EQ(request.substr(at + 32, 2), "\r\n");
    const auto body = body_of(request);
    pairs.insert(body.at("from").get<std::string>() + body.at("to").get<std::string>());
    EXPECT_EQ(body.at("body").get<std::string>().size(), 1'024U);
  }
  EXPECT_EQ(keys.size(), 1'000U);
  EXPECT_GT(pairs.size(), 980U) << "100,000 conversations leave few in common";
}

TEST(RequestSource, MakesTheSameRequestsOfTheSameSeed) {
  Source one(of(Mix::kB), 7);
  Source two(of(Mix::kB), 7);
  Source other(of(Mix::kB), 8);
  for (int i = 0; i < 10; ++i) {
    const auto request = one.next();
    EXPECT_EQ(request, two.next());
    EXPECT_NE(request, other.next());
  }
}

TEST(RequestSource, ShowsTheKeyOfAHostThatAsksForOne) {
  auto options = of(Mix::kA);
  options.api_key = "k1";
  EXPECT_THAT(Source(options).next(), HasSubstr("\r\nAuthorization: Bearer k1\r\n"));
}

TEST(RequestSource, ReadsThePathsOfAFile) {
  const test::TempDir folder;
  std::ofstream(folder / "paths") << "/a\n\n/b?c=d\n";
  auto options = of(Mix::kA);
  options.get = (folder / "paths").string();
  Source source(options);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(source.next());
  EXPECT_THAT(seen, ::testing::ElementsAre(StartsWith("GET /a HTTP/1.1\r\nHost: h:81\r\n"),
                                           StartsWith("GET /b?c=d HTTP/1.1\r\nHost: h:81\r\n")));
}

TEST(RequestSource, RefusesAFileWithoutSoundPaths) {
  const test::TempDir folder;
  base::SeededRandom random(1);
  auto options = of(Mix::kA);
  const auto refusal = [&](const std::string& content) {
    std::ofstream(folder / "paths") << content;
    options.get = (folder / "paths").string();
    const auto source = make_source(options, random);
    return source ? "" : source.error().message;
  };
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("/a\nb\n"), HasSubstr("\"b\""));
  EXPECT_THAT(refusal("/a b\n"), HasSubstr("expected a path"));
  options.get = (folder / "none").string();
  EXPECT_THAT(make_source(options, random).error().message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace herald::tools::bench
