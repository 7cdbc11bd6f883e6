// Specification 008, story 3: the same seed, the same outcomes.
#include "integration/fault_control.h"

namespace herald::test {
namespace {

class SeededOutcomes : public FaultControl {
 protected:
  using Story = std::vector<std::string>;  // of a message: its outcomes, then its status

  // Every third attempt errs and every tenth is rate limited; three attempts a message.
  static Environment seeded(const std::string& seed) {
    return {{"API_PROVIDER_ERROR_PCT", "33"},
            {"API_PROVIDER_RATELIMIT_PCT", "10"},
            {"API_PROVIDER_SEED", seed},
            {"API_WORKER_MAX_RETRIES", "2"},
            {"API_WORKER_BACKOFF_BASE_MS", "1"},
            {"API_WORKER_BACKOFF_MAX_MS", "5"},
            {"API_BREAKER_ERROR_THRESHOLD", "1000000"}};
  }
  static Environment with(Environment base, const Environment& more) {
    for (const auto& [name, value] : more)
      base[name] = value;
    return base;
  }

  // A host with an empty store and these settings: what becomes of `count` messages, each `emails`-th an email.
  std::vector<Story> play(const Environment& settings, int count = 60, int emails = 3) {
    auto own = settings;
    own["API_DATA_DIR"] = (folder() / ("data-" + std::to_string(++plays_))).string();
    start(own);
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(emails != 0 && i % emails == 0 ? send_email() : send_sms());
    std::vector<Story> stories;
    for (const auto& id : ids) {
      const auto message = settled(id);
      stories.push_back(outcomes(message));
      stories.back().push_back(message["status"]);
    }
    host().kill();
    return stories;
  }
  // Those of the emails, or those of the others, of a play with an email in three messages.
  static std::vector<Story> of(const std::vector<Story>& stories, bool emails) {
    std::vector<Story> found;
    for (std::size_t i = 0; i < stories.size(); ++i) {
      if ((i % 3 == 0) == emails) found.push_back(stories[i]);
    }
    return found;
  }

 private:
  int plays_ = 0;
};

TEST_F(SeededOutcomes, ComeAgainForMixedTrafficWithRetries) {
  const auto first = play(seeded("42"));
  EXPECT_TRUE(std::any_of(first.begin(), first.end(), [](const Story& story) { return story.size() > 2; }));
  for (int again = 0; again < 2; ++again)
    EXPECT_EQ(play(seeded("42")), first);
}

TEST_F(SeededOutcomes, AreNotShiftedByOtherSettings) {
  const auto first = play(seeded("42"));
  EXPECT_EQ(play(with(seeded("42"), {{"API_WORKER_BACKOFF_BASE_MS", "100"},
                                     {"API_WORKER_BACKOFF_MAX_MS", "300"},
                                     {"API_DISPATCH_TIMEOUT_MS", "2000"},
                                     {"API_BREAKER_ERROR_THRESHOLD", "3"},
                                     {"API_BREAKER_OPEN_SECS", "1"},
                                     {"API_BREAKER_HALF_OPEN_SAMPLES", "1"}}),
                 60),
            first);
}

TEST_F(SeededOutcomes, AreNotShiftedByTheOtherProvidersTraffic) {
  const auto sms_alone = play(seeded("42"), 40, 0);
  const auto mixed = play(seeded("42"), 60, 3);
  EXPECT_EQ(of(mixed, false), sms_alone);
}

TEST_F(SeededOutcomes, DifferBySeed) {
  EXPECT_NE(play(seeded("42")), play(seeded("43")));
}

TEST_F(SeededOutcomes, FollowTheSeedOfTheirOwnProvider) {
  const auto both = play(seeded("42"));
  const auto other = play(with(seeded("42"), {{"API_PROVIDER_EMAIL_SEED", "43"}}));
  EXPECT_EQ(of(other, false), of(both, false));
  EXPECT_NE(of(other, true), of(both, true));
}

TEST_F(SeededOutcomes, OfOneProviderLeaveAnotherWithoutASeedRandom) {
  auto settings = with(seeded("42"), {{"API_PROVIDER_SMS_MMS_SEED", "42"}});
  settings.erase("API_PROVIDER_SEED");
  const auto first = play(settings);
  const auto second = play(settings);
  EXPECT_EQ(of(second, false), of(first, false));
  EXPECT_NE(of(second, true), of(first, true));
}

TEST_F(SeededOutcomes, BeginAnewWithASeedThatIsPut) {
  start(with(seeded("1"), {{"API_WORKER_MAX_RETRIES", "0"}}));
  auto document = profile(0, 50, 0);
  document["seed"] = 42;
  std::vector<std::vector<std::string>> rounds;
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(put_faults(document).status, 200);
    rounds.emplace_back();
    for (int i = 0; i < 30; ++i)
      rounds.back().push_back(settled(send_sms())["status"]);
  }
  EXPECT_EQ(rounds[0], rounds[1]);
}

TEST_F(SeededOutcomes, AreAnnouncedInTheLog) {
  start({{"API_PROVIDER_EMAIL_SEED", "4711"}});
  std::map<std::string, nlohmann::json> by_provider;
  for (const auto& line : lines_when("provider.seeded", 2))
    by_provider[line["provider_name"]] = line;
  ASSERT_EQ(by_provider.size(), 2U) << host().raw_log();
  EXPECT_EQ(by_provider["email"]["seed"], 4711);
  EXPECT_EQ(by_provider["email"]["source"], "settings");
  EXPECT_EQ(by_provider["sms-mms"]["source"], "entropy");
}

}  // namespace
}  // namespace herald::test
