// What operators ask for: cancel, retry, and retry in bulk.
#include <optional>
#include <string>
#include <vector>

#include "unit/intake/intake_fixture.h"

namespace herald::intake {
namespace {

using domain::MessageId;
using domain::Status;
using Reason = Refusal::Reason;

class Operators : public IntakeTest {
 protected:
  using Change = tl::expected<void, Refusal>;
  using Count = tl::expected<std::size_t, Refusal>;

  static constexpr MessageId kId{1000};

  Change cancel(MessageId id) {
    std::optional<Change> result;
    intake_.cancel(id, "req-1", [&result](Change change) { result = std::move(change); });
    EXPECT_FALSE(result && result->has_value()) << "before the commit";
    commit();
    return result.value_or(tl::make_unexpected(Refusal{}));
  }

  Change retry(MessageId id) {
    std::optional<Change> result;
    intake_.retry(id, "req-1", [&result](Change change) { result = std::move(change); });
    EXPECT_FALSE(result && result->has_value()) << "before the commit";
    commit();
    return result.value_or(tl::make_unexpected(Refusal{}));
  }

  void start_retry_all(Status status, const std::string& provider) {
    intake_.retry_all({status, provider, {}}, "req-1", [this](Count count) { counts_.push_back(std::move(count)); });
  }

  Count retry_all(Status status, const std::string& provider = {}) {
    counts_.clear();
    start_retry_all(status, provider);
    for (int i = 0; i < 100 && counts_.empty(); ++i)
      commit();
    EXPECT_EQ(counts_.size(), 1U);
    return counts_.empty() ? tl::make_unexpected(Refusal{}) : counts_[0];
  }

  // `count` messages of one status, behind each other.
  void put(std::int64_t first, std::int64_t count, Status status, const std::string& provider = "sms-mms") {
    for (std::int64_t id = first; id < first + count; ++id)
      store_.put(MessageId{id}, status, provider);
  }

  std::vector<Count> counts_;
};

TEST_F(Operators, CancelWhatIsPending) {
  store_.put(kId, Status::kPending);
  EXPECT_TRUE(cancel(kId));
  EXPECT_EQ(store_.status(kId), Status::kCancelled);
  EXPECT_EQ(log_.of("intake.cancelled").at(0).fields.at("message_id"), kId.text());
}

TEST_F(Operators, CannotCancelWhatIsOnItsWay) {
  for (const auto status : {Status::kDispatching, Status::kDispatched, Status::kCancelled, Status::kReceived}) {
    store_.put(kId, status);
    const auto result = cancel(kId);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::kConflict);
    EXPECT_EQ(store_.status(kId), status);
  }
}

TEST_F(Operators, RetryWhatFailedOrExpired) {
  for (const auto status : {Status::kFailed, Status::kExpired}) {
    store_.put(kId, status);
    EXPECT_TRUE(retry(kId));
    EXPECT_EQ(store_.status(kId), Status::kPending);
  }
}

TEST_F(Operators, AreToldWhatIsNotThere) {
  EXPECT_EQ(cancel(kId).error().reason, Reason::kNotFound);
  EXPECT_EQ(retry(kId).error().reason, Reason::kNotFound);
}

TEST_F(Operators, AreToldOfAFullQueueAndABrokenDisk) {
  store_.put(kId, Status::kFailed);
  store_.refuse_with(base::ErrorCode::kExhausted);
  EXPECT_EQ(retry(kId).error().reason, Reason::kQueueFull);
  EXPECT_EQ(metrics_.queue_full.value(), 1U);
  store_.refuse_with(base::ErrorCode::kUnavailable);
  EXPECT_EQ(cancel(kId).error().reason, Reason::kUnavailable);
}

TEST_F(Operators, RetryAllInBoundedSteps) {
  put(1, 10, Status::kFailed);
  store_.step_retries_by(3);
  EXPECT_EQ(retry_all(Status::kFailed), 10U);
  EXPECT_EQ(store_.retry_steps(), 4U);
  for (std::int64_t id = 1; id <= 10; ++id)
    EXPECT_EQ(store_.status(MessageId{id}), Status::kPending) << id;
  const auto lines = log_.of("intake.retried_all");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("count"), "10");
  EXPECT_EQ(lines[0].fields.at("complete"), "true");
}

TEST_F(Operators, LetOthersCommitBetweenTheSteps) {
  put(1, 4, Status::kFailed);
  store_.step_retries_by(2);
  start_retry_all(Status::kFailed, {});
  commit();
  EXPECT_TRUE(counts_.empty());
  start(sms(), without_key());
  commit();
  EXPECT_EQ(counts_.size(), 1U);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(answers_[0].has_value());
}

TEST_F(Operators, RetryAllOfOneStatusAndOneProvider) {
  put(1, 2, Status::kFailed, "sms-mms");
  put(3, 3, Status::kFailed, "email");
  put(6, 4, Status::kExpired, "email");
  put(10, 1, Status::kDispatched, "email");
  EXPECT_EQ(retry_all(Status::kFailed, "email"), 3U);
  EXPECT_EQ(retry_all(Status::kExpired), 4U);
  EXPECT_EQ(retry_all(Status::kFailed), 2U);
  EXPECT_EQ(store_.status(MessageId{10}), Status::kDispatched);
}

TEST_F(Operators, RetryNothingWhereNothingFailed) {
  EXPECT_EQ(retry_all(Status::kFailed), 0U);
}

TEST_F(Operators, RetryNoOtherStatus) {
  for (const auto status : {Status::kPending, Status::kDispatching, Status::kDispatched, Status::kDelivered,
                            Status::kCancelled, Status::kReceived}) {
    const auto result = retry_all(status);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::kInvalid);
  }
  EXPECT_EQ(store_.retry_steps(), 0U);
}

TEST_F(Operators, AreToldWhenABulkRetryIsCutShort) {
  put(1, 4, Status::kFailed);
  store_.step_retries_by(2);
  start_retry_all(Status::kFailed, {});
  commit();
  store_.refuse_with(base::ErrorCode::kExhausted);
  commit();
  ASSERT_EQ(counts_.size(), 1U);
  EXPECT_EQ(counts_[0], 2U) << "what was taken before the queue was full is told";
  EXPECT_EQ(log_.of("intake.retried_all").at(0).fields.at("count"), "2");
  EXPECT_EQ(log_.of("intake.retried_all").at(0).fields.at("complete"), "false");
  EXPECT_EQ(log_.of("intake.retried_all").at(0).fields.at("request_id"), "req-1");
}

TEST_F(Operators, AreRefusedABulkRetryWhenTheQueueIsFullFromTheStart) {
  put(1, 4, Status::kFailed);
  start_retry_all(Status::kFailed, {});
  store_.refuse_with(base::ErrorCode::kExhausted);
  commit();
  ASSERT_EQ(counts_.size(), 1U);
  ASSERT_FALSE(counts_[0]);
  EXPECT_EQ(counts_[0].error().reason, Reason::kQueueFull);
}

TEST_F(Operators, AreAnsweredOnceWhenTheWriterCloses) {
  put(1, 4, Status::kFailed);
  store_.step_retries_by(2);
  start_retry_all(Status::kFailed, {});
  writer_.close();
  commit();
  ASSERT_EQ(counts_.size(), 1U) << "the first step was queued, the second is refused";
  ASSERT_FALSE(counts_[0]);
  EXPECT_EQ(counts_[0].error().reason, Reason::kUnavailable);
  EXPECT_FALSE(writer_.step());
}

}  // namespace
}  // namespace herald::intake
