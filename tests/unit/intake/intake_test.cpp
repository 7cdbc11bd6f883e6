// A request's way through the gates, with the real writer in front of a store in memory.
#include <atomic>
#include <vector>

#include "base/worker.h"
#include "support/eventually.h"
#include "unit/intake/intake_fixture.h"

namespace herald::intake {
namespace {

class IntakeOfMessages : public IntakeTest {};

TEST_F(IntakeOfMessages, AnswersOnlyAfterTheCommit) {
  start(sms(), without_key());
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(metrics_.accepted.value(), 0U);
  commit();
  ASSERT_EQ(answers_.size(), 1U);
  ASSERT_TRUE(answers_[0].has_value());
  EXPECT_FALSE(answers_[0]->replayed);
  EXPECT_EQ(metrics_.accepted.value(), 1U);
}

TEST_F(IntakeOfMessages, HandsTheStoreAWholeMessage) {
  ASSERT_TRUE(answer(sms()));
  const auto& stored = store_.accepted().at(0);
  EXPECT_EQ(stored.content.to, "(202) 555-0142");
  EXPECT_EQ(stored.normalized_to, "+12025550142");
  EXPECT_EQ(stored.normalized_from, "+12025550123");
  EXPECT_EQ(stored.provider, "sms-mms");
  EXPECT_EQ(stored.request_id, "req-1");
  EXPECT_EQ(stored.accepted_at, clock_.wall());
  EXPECT_EQ(stored.expires_at, clock_.wall() + Options{}.message_ttl);
}

TEST_F(IntakeOfMessages, CountsATimeToLiveFromAcceptance) {
  auto request = sms();
  request.ttl_seconds = 60;
  request.timestamp = base::from_unix_ms(0);
  ASSERT_TRUE(answer(request));
  EXPECT_EQ(store_.accepted().at(0).expires_at, clock_.wall() + std::chrono::seconds{60});
}

TEST_F(IntakeOfMessages, RoutesByChannel) {
  SendRequest request;
  request.medium = Medium::kEmail;
  request.from = "a@example.com";
  request.to = "b@example.com";
  request.body = "x";
  ASSERT_TRUE(answer(request));
  EXPECT_EQ(store_.accepted().at(0).provider, "email");
}

TEST_F(IntakeOfMessages, RefusesWhatIsInvalidWithoutTheStore) {
  start(SendRequest{}, without_key());
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].error().reason, Refusal::Reason::kInvalid);
  EXPECT_EQ(answers_[0].error().faults.list().size(), 4U);
  EXPECT_FALSE(writer_.step());
  EXPECT_EQ(metrics_.refused_invalid.value(), 1U);
}

TEST_F(IntakeOfMessages, EnqueuesNothingWithoutAProvider) {
  routes_.phone.reset();
  EXPECT_EQ(refusal(sms()), Refusal::Reason::kProviderMissing);
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(IntakeOfMessages, LogsAndCountsEveryMissingProviderOnce) {
  routes_.phone.reset();
  start(sms(), without_key());
  start(sms(), without_key());
  EXPECT_EQ(metrics_.invalid_routing.value(), 2U);
  const auto lines = log_.of("intake.provider_missing");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].level, observe::LogLevel::kError);
  EXPECT_EQ(lines[0].fields.at("request_id"), "req-1");
  EXPECT_EQ(lines[0].fields.at("channel"), "sms");
}

TEST_F(IntakeOfMessages, ValidatesBeforeItRoutes) {
  routes_.phone.reset();
  EXPECT_EQ(refusal(SendRequest{}), Refusal::Reason::kInvalid);
  EXPECT_EQ(metrics_.invalid_routing.value(), 0U);
}

TEST_F(IntakeOfMessages, TellsAFullQueueFromADiskThatRefuses) {
  store_.refuse_with(base::ErrorCode::kExhausted);
  EXPECT_EQ(refusal(sms()), Refusal::Reason::kQueueFull);
  EXPECT_EQ(metrics_.queue_full.value(), 1U);
  EXPECT_EQ(metrics_.accepted.value(), 0U);
}

TEST_F(IntakeOfMessages, IsUnavailableWhenTheDiskRefuses) {
  store_.refuse_with(base::ErrorCode::kUnavailable);
  EXPECT_EQ(refusal(sms()), Refusal::Reason::kUnavailable);
  EXPECT_EQ(metrics_.queue_full.value(), 0U);
  EXPECT_EQ(log_.of("intake.not_stored").at(0).level, observe::LogLevel::kDebug);
}

TEST_F(IntakeOfMessages, IsUnavailableOnceTheWriterIsClosed) {
  writer_.close();
  EXPECT_EQ(refusal(sms()), Refusal::Reason::kUnavailable);
}

TEST_F(IntakeOfMessages, HasAFaultOfItsOwnForWhatTheStoreCannotExplain) {
  store_.refuse_with(base::ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(sms()), Refusal::Reason::kInternal);
}

TEST_F(IntakeOfMessages, AnswersEachOfManyThreadsOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::atomic<int> taken{0};
  std::vector<base::Worker> clients;
  for (int i = 0; i < kThreads; ++i) {
    clients.emplace_back("client", [&] {
      for (int k = 0; k < kEach; ++k) {
        intake_.accept(sms(), without_key(), [&taken](const AcceptResult& result) {
          if (result) ++taken;
        });
      }
    });
  }
  EXPECT_TRUE(test::eventually([&] {
    writer_.step();
    return taken == kThreads * kEach;
  }));
  clients.clear();
  EXPECT_EQ(store_.accepted().size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_EQ(metrics_.accepted.value(), static_cast<std::uint64_t>(kThreads * kEach));
}

TEST_F(IntakeOfMessages, KeepsBodiesAndAddressesOutOfTheLog) {
  auto request = sms();
  request.body = "a very private body";
  ASSERT_TRUE(answer(request));
  EXPECT_EQ(log_.of("intake.accepted").size(), 1U);
  for (const char* secret : {"private", "12025550123", "555-0142"})
    EXPECT_FALSE(log_.mentions(secret));
}

}  // namespace
}  // namespace herald::intake
