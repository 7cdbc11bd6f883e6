#include "delivery/verdict.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace herald::delivery {
namespace {

using domain::OutcomeKind;
using domain::Status;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::WallTime kNow = base::from_unix_ms(1'767'225'600'000);
constexpr base::WallTime kFar = kNow + hours{24};
constexpr RetryPolicy kPolicy{2, milliseconds{1000}, milliseconds{60'000}};
constexpr double kHalf = 0.5;  // the first backoff is then 500 ms

struct Row {
  std::string name;
  OutcomeKind kind = OutcomeKind::kError;
  std::string code;
  std::optional<milliseconds> retry_after;
  std::uint32_t number = 1;
  base::WallTime expires_at;
  Status status = Status::kPending;
  std::optional<milliseconds> delay;  // from now to the retry
  std::string error_code;
};

// GoogleTest would print the raw bytes of a row.
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Decide : public ::testing::TestWithParam<Row> {};

TEST_P(Decide, FollowsItsTable) {
  const Row& row = GetParam();
  domain::Outcome outcome;
  outcome.kind = row.kind;
  outcome.error_code = row.code;
  outcome.retry_after = row.retry_after;
  const Verdict verdict = decide(outcome, AttemptFacts{row.number, row.expires_at}, kPolicy, kNow, kHalf);
  EXPECT_EQ(verdict.status, row.status);
  EXPECT_EQ(verdict.retry_at.has_value(), row.delay.has_value());
  if (verdict.retry_at && row.delay) {
    EXPECT_EQ(*verdict.retry_at - kNow, *row.delay);
  }
  EXPECT_EQ(verdict.error_code, row.error_code);
}

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      // Success and rejection decide alone, whatever the attempt and the clock.
      {"success", OutcomeKind::kSuccess, "", {}, 1, kFar, Status::kDispatched, {}, ""},
      {"success_at_the_last_attempt", OutcomeKind::kSuccess, "", {}, 3, kFar, Status::kDispatched, {}, ""},
      {"success_after_expiry", OutcomeKind::kSuccess, "", {}, 1, kNow - seconds{1}, Status::kDispatched, {}, ""},
      {"rejected", OutcomeKind::kRejected, "bad_number", {}, 1, kFar, Status::kFailed, {}, "bad_number"},
      {"rejected_without_code", OutcomeKind::kRejected, "", {}, 1, kFar, Status::kFailed, {}, "rejected"},
      {"rejected_after_expiry", OutcomeKind::kRejected, "x", {}, 1, kNow - seconds{1}, Status::kFailed, {}, "x"},
      // What is retryable waits for its backoff.
      {"error", OutcomeKind::kError, "http_500", {}, 1, kFar, Status::kPending, milliseconds{500}, ""},
      {"timeout", OutcomeKind::kTimeout, "deadline", {}, 1, kFar, Status::kPending, milliseconds{500}, ""},
      {"rate_limited", OutcomeKind::kRateLimited, "http_429", {}, 1, kFar, Status::kPending, milliseconds{500}, ""},
      {"second_attempt_waits_longer", OutcomeKind::kError, "", {}, 2, kFar, Status::kPending, milliseconds{1000}, ""},
      // Retry-After is a floor, never a ceiling.
      {"longer_retry_after", OutcomeKind::kRateLimited, "", seconds{9}, 1, kFar, Status::kPending, seconds{9}, ""},
      {"shorter_retry_after", OutcomeKind::kError, "", milliseconds{2}, 1, kFar, Status::kPending, milliseconds{500},
       ""},
      {"negative_retry_after", OutcomeKind::kError, "", milliseconds::min(), 1, kFar, Status::kPending,
       milliseconds{500}, ""},
      // Retries used up: the first attempt and max_retries more.
      {"last_retry", OutcomeKind::kError, "http_500", {}, 3, kFar, Status::kFailed, {}, "http_500"},
      {"last_retry_timed_out", OutcomeKind::kTimeout, "deadline", {}, 3, kFar, Status::kFailed, {}, "deadline"},
      {"last_retry_rate_limited",
       OutcomeKind::kRateLimited,
       "",
       {},
       3,
       kFar,
       Status::kFailed,
       {},
       "attempts_exhausted"},
      {"beyond_the_last_retry", OutcomeKind::kError, "", {}, 400, kFar, Status::kFailed, {}, "attempts_exhausted"},
      {"used_up_and_expired", OutcomeKind::kError, "e", {}, 3, kNow - seconds{1}, Status::kFailed, {}, "e"},
      // Time-to-live.
      {"expires_now", OutcomeKind::kError, "e", {}, 1, kNow, Status::kExpired, {}, ""},
      {"expired_before", OutcomeKind::kTimeout, "e", {}, 1, kNow - hours{1}, Status::kExpired, {}, ""},
      {"retry_would_start_at_expiry",
       OutcomeKind::kError,
       "e",
       {},
       1,
       kNow + milliseconds{500},
       Status::kExpired,
       {},
       ""},
      {"retry_just_before_expiry",
       OutcomeKind::kError,
       "e",
       {},
       1,
       kNow + milliseconds{501},
       Status::kPending,
       milliseconds{500},
       ""},
      {"retry_after_beyond_expiry", OutcomeKind::kRateLimited, "", hours{24}, 1, kFar, Status::kExpired, {}, ""},
      {"endless_retry_after", OutcomeKind::kRateLimited, "", milliseconds::max(), 1, kFar, Status::kExpired, {}, ""},
  };
  return kRows;
}

INSTANTIATE_TEST_SUITE_P(Rows, Decide, ::testing::ValuesIn(rows()),
                         [](const ::testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(DecidePolicy, WithoutRetriesTheFirstFailureIsFinal) {
  const RetryPolicy none{0, milliseconds{1}, milliseconds{1}};
  domain::Outcome outcome;
  outcome.kind = OutcomeKind::kError;
  EXPECT_EQ(decide(outcome, AttemptFacts{1, kFar}, none, kNow, kHalf).status, Status::kFailed);
}

// ---- After an operator's retry ----

Verdict failed_attempt(std::uint32_t number, std::uint32_t spent) {
  return decide({}, AttemptFacts{number, kFar, spent}, kPolicy, kNow, kHalf);
}

TEST(DecideAfterARetry, WhatWasSpentBeforeDoesNotCount) {
  EXPECT_EQ(failed_attempt(4, 3).status, Status::kPending);
  EXPECT_EQ(failed_attempt(5, 3).status, Status::kPending);
  EXPECT_EQ(failed_attempt(6, 3).status, Status::kFailed);
}

TEST(DecideAfterARetry, TheBackoffBeginsAnew) {
  EXPECT_EQ(failed_attempt(4, 3).retry_at, kNow + milliseconds{500});
  EXPECT_EQ(failed_attempt(5, 3).retry_at, kNow + milliseconds{1000});
}

TEST(DecideAfterARetry, MoreSpentThanMadeIsTheFirstAttempt) {
  EXPECT_EQ(failed_attempt(2, 7).retry_at, kNow + milliseconds{500});
}

}  // namespace
}  // namespace herald::delivery
