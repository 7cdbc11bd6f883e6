#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <herald/testkit/outcome_sequence.h>

namespace herald::testkit {
namespace {

char letter(MockOutcome outcome) {
  return ".TER"[static_cast<std::size_t>(outcome)];
}

class MockOutcomes : public ::testing::Test {
 protected:
  std::string of(std::uint64_t first, std::uint64_t count, std::uint32_t attempt = 1) {
    std::string letters;
    for (std::uint64_t ordinal = first; ordinal < first + count; ++ordinal)
      letters += letter(sequence_.of(ordinal, attempt));
    return letters;
  }

  OutcomeSequence sequence_;
};

TEST_F(MockOutcomes, SucceedsBeforeAnythingIsSet) {
  EXPECT_EQ(of(0, 20), std::string(20, '.'));
}

TEST_F(MockOutcomes, NeverChangesFromVersionToVersion) {
  sequence_.set({10, 20, 15, 42}, 0);
  EXPECT_EQ(of(0, 60), "E.E.....TE.RTE.....RRE.REE...T.E.R.T.E..TRE.....ET.E..T.R..E");
  EXPECT_EQ(of(0, 60, 2), "RT.RE.E.EE....TE......R.R......RRRT...R.ER......E.E.T..ETRE.");
}

TEST_F(MockOutcomes, HoldsEveryShareExactlyInEachHundred) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sequence_.set({7, 13, 29, seed}, 0);
    for (const std::uint32_t attempt : {1U, 2U, 3U}) {
      const auto letters = of(0, 100, attempt);
      EXPECT_EQ(std::count(letters.begin(), letters.end(), 'T'), 7);
      EXPECT_EQ(std::count(letters.begin(), letters.end(), 'E'), 13);
      EXPECT_EQ(std::count(letters.begin(), letters.end(), 'R'), 29);
    }
  }
}

TEST_F(MockOutcomes, SpreadsOutcomesEvenlyOverThePlacesOfAHundred) {
  std::vector<int> errors(100, 0);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    sequence_.set({0, 50, 0, seed}, 0);
    const auto letters = of(0, 100);
    for (std::size_t place = 0; place < 100; ++place)
      errors[place] += letters[place] == 'E' ? 1 : 0;
  }
  // 1000 each, with a standard deviation of 22; the seeds are fixed, so this holds always or never.
  EXPECT_GT(*std::min_element(errors.begin(), errors.end()), 880);
  EXPECT_LT(*std::max_element(errors.begin(), errors.end()), 1120);
}

TEST_F(MockOutcomes, DiffersBySeedByHundredAndByAttempt) {
  sequence_.set({0, 50, 0, 1}, 0);
  const auto first = of(0, 200);
  const auto retries = of(0, 200, 2);
  sequence_.set({0, 50, 0, 2}, 0);
  EXPECT_NE(of(0, 200), first);
  EXPECT_NE(retries, first);
  EXPECT_NE(first.substr(0, 100), first.substr(100));
}

TEST_F(MockOutcomes, DependsOnNoOrder) {
  sequence_.set({10, 20, 15, 9}, 0);
  const auto forward = of(0, 100);
  sequence_.set({10, 20, 15, 9}, 0);
  sequence_.of(0, 1);  // what comes first says where the count begins
  std::string backward;
  for (std::uint64_t ordinal = 100; ordinal-- > 0;)
    backward.insert(backward.begin(), letter(sequence_.of(ordinal, 1)));
  EXPECT_EQ(backward, forward);
}

TEST_F(MockOutcomes, GivesOlderMessagesOutcomesThatStayTheirs) {
  sequence_.set({0, 50, 0, 9}, 0);
  const auto before = of(900, 50, 2);  // retries of messages from before, while nothing new has come
  const auto fresh = of(1000, 50);
  EXPECT_EQ(of(900, 50, 2), before);
  sequence_.set({0, 50, 0, 9}, 0);
  EXPECT_EQ(of(1000, 50), fresh);
}

TEST_F(MockOutcomes, AlwaysFailsAtAHundredPercentAndNeverAtZero) {
  sequence_.set({100, 0, 0, 3}, 0);
  EXPECT_EQ(of(0, 300), std::string(300, 'T'));
  sequence_.set({0, 0, 0, 3}, 0);
  EXPECT_EQ(of(0, 300), std::string(300, '.'));
}

TEST_F(MockOutcomes, TakesTheRandomNumberInPlaceOfASeed) {
  sequence_.set({0, 50, 0, std::nullopt}, 77);
  const auto unseeded = of(0, 100);
  sequence_.set({0, 50, 0, 77}, 1);
  EXPECT_EQ(of(0, 100), unseeded);
}

TEST_F(MockOutcomes, ReachesTheEndOfTheOrdinals) {
  sequence_.set({0, 100, 0, 1}, 0);
  EXPECT_EQ(sequence_.of(UINT64_MAX, 1), MockOutcome::kError);
  EXPECT_EQ(sequence_.of(0, UINT32_MAX), MockOutcome::kError);
}

}  // namespace
}  // namespace herald::testkit
