#include "providers/outcome_copy.h"

#include <cstddef>

#include <gtest/gtest.h>

#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;

herald_outcome outcome_with(std::uint32_t code) {
  herald_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.code = code;
  return outcome;
}

TEST(CopyOutcome, KnowsEveryCode) {
  const std::pair<std::uint32_t, OutcomeKind> codes[] = {{HERALD_OUTCOME_SUCCESS, OutcomeKind::kSuccess},
                                                         {HERALD_OUTCOME_RATE_LIMITED, OutcomeKind::kRateLimited},
                                                         {HERALD_OUTCOME_ERROR, OutcomeKind::kError},
                                                         {HERALD_OUTCOME_TIMEOUT, OutcomeKind::kTimeout},
                                                         {HERALD_OUTCOME_REJECTED, OutcomeKind::kRejected}};
  for (const auto& [code, kind] : codes) {
    const auto outcome = outcome_with(code);
    EXPECT_EQ(copy_outcome(&outcome).kind, kind);
    EXPECT_EQ(copy_outcome(&outcome).error_code, "");
  }
}

TEST(CopyOutcome, CallsNonsenseAnError) {
  const auto forgotten = outcome_with(0);
  const auto unknown = outcome_with(6);
  auto cut = outcome_with(HERALD_OUTCOME_SUCCESS);
  cut.struct_size = 4;
  for (const herald_outcome* outcome :
       {static_cast<const herald_outcome*>(nullptr), &forgotten, &unknown, static_cast<const herald_outcome*>(&cut)}) {
    const auto copied = copy_outcome(outcome);
    EXPECT_EQ(copied.kind, OutcomeKind::kError);
    EXPECT_EQ(copied.error_code, "bad_outcome");
  }
}

TEST(CopyOutcome, ReadsNoFurtherThanTheStructureGoes) {
  auto outcome = outcome_with(HERALD_OUTCOME_SUCCESS);
  outcome.provider_message_id = {"far away", 8};
  outcome.segments = 3;
  outcome.struct_size = offsetof(herald_outcome, segments);
  EXPECT_EQ(copy_outcome(&outcome).provider_message_id, "");
  EXPECT_EQ(copy_outcome(&outcome).segments, 0U);
  outcome.struct_size = sizeof outcome + 100;  // of a later minor version
  EXPECT_EQ(copy_outcome(&outcome).segments, 3U);
}

TEST(CopyOutcome, BoundsItsTexts) {
  const std::string long_text(1000, 'x');
  auto outcome = outcome_with(HERALD_OUTCOME_ERROR);
  outcome.provider_message_id = outcome.error_code = outcome.encoding = as_str(long_text);
  const auto copied = copy_outcome(&outcome);
  EXPECT_EQ(copied.provider_message_id.size(), 255U);
  EXPECT_EQ(copied.error_code.size(), 64U);
  EXPECT_EQ(copied.encoding.size(), 16U);
}

TEST(CopyOutcome, MakesItsTextsUtf8) {
  auto outcome = outcome_with(HERALD_OUTCOME_ERROR);
  outcome.error_code = as_str("bad\xFF");
  EXPECT_EQ(copy_outcome(&outcome).error_code, "bad\xEF\xBF\xBD");
}

TEST(CopyOutcome, KeepsNoErrorCodeOfASuccess) {
  auto outcome = outcome_with(HERALD_OUTCOME_SUCCESS);
  outcome.error_code = as_str("ignored");
  EXPECT_EQ(copy_outcome(&outcome).error_code, "");
}

TEST(CopyOutcome, TakesRetryAfterWithItsScope) {
  auto outcome = outcome_with(HERALD_OUTCOME_RATE_LIMITED);
  EXPECT_EQ(copy_outcome(&outcome).retry_after, std::nullopt);
  outcome.retry_after_ms = 1500;
  outcome.flags = HERALD_OUTCOME_LANE_WIDE;
  EXPECT_EQ(copy_outcome(&outcome).retry_after, std::chrono::milliseconds{1500});
  EXPECT_TRUE(copy_outcome(&outcome).lane_wide);
  outcome.retry_after_ms = UINT64_MAX;
  EXPECT_EQ(copy_outcome(&outcome).retry_after, std::chrono::hours{31 * 24});
}

}  // namespace
}  // namespace herald::providers
