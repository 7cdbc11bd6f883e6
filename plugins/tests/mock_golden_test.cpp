// The outcomes of fixed seeds, written down: who replays a failure of last year with its seed meets it again.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mock_fixture.h"

namespace herald::testkit {
namespace {

struct Golden {
  FaultProfile profile;
  std::uint32_t attempt;
  const char* outcomes;  // of the messages 0, 1, 2, ...
};

// Never changed: one that has to change is a new algorithm, and breaks every seed that somebody has written down.
const std::vector<Golden>& goldens() {
  static const std::vector<Golden> kGoldens = {
      {{10, 20, 15, 42},
       1,
       "E.E.....TE.RTE.....RRE.REE...T.E.R.T.E..TRE.....ET.E..T.R..E.R.ER...RT..R.."
       "T...ER..ERRT...E.EE....RE..T.T..E.ET..R.EE.EE.E.ERER..E.T...ER.R..T..E....."},
      {{10, 20, 15, 42}, 2, "RT.RE.E.EE....TE......R.R......RRRT...R.ER......E.E.T..ETRE."},
      {{10, 20, 15, 42}, 3, "E.E.T.R...E.ERE..ERTR..T.E.......ETT..........RE......E.EEE."},
      {{0, 50, 0, 0}, 1, "E..EEEEE.E.E...E.E....EE..E.E..EE.EEEE.E..EE...EEE.EE.EEEE.E"},
      {{25, 25, 25, 7}, 1, "T.RER.ETRRRRRETE..E.TRRR.E.ETTETRTE.EET.RR.EETE..TRTEET.R.RT"},
      {{1, 2, 3, UINT64_MAX},
       1,
       "........................R....................................ER.R.........."
       "........T.......E.................E.........."},
  };
  return kGoldens;
}

TEST_F(HERALD_MOCK, FollowsTheGoldenSequences) {
  run();
  for (const Golden& golden : goldens()) {
    ASSERT_EQ(mock_.set_faults(golden.profile), HERALD_OK);
    const std::string wanted = golden.outcomes;
    // A first attempt of message 0 says where the count begins.
    outcomes_of({message(0)});
    auto batch = messages(0, wanted.size());
    for (TestMessage& one : batch)
      one.attempt = golden.attempt;
    EXPECT_EQ(outcomes_of(batch), wanted) << "seed " << *golden.profile.seed << ", attempt " << golden.attempt;
  }
}

// Hands the messages over from several threads, in whatever batches and order they come to it, with a second attempt
// after every failure; answers the outcomes of first and second attempts in the order of the messages.
class Crowd {
 public:
  Crowd(PluginUnderTest& mock, std::vector<TestMessage> messages) : mock_(mock), messages_(std::move(messages)) {}

  std::string outcomes(std::size_t threads) {
    submit({messages_.front()});  // the first that the mock sees
    std::vector<std::thread> crowd;
    for (std::size_t thread = 0; thread < threads; ++thread)
      crowd.emplace_back([this, thread] { work(1 + thread % 5); });
    for (std::thread& one : crowd)
      one.join();
    EXPECT_TRUE(mock_.completions().wait_for(before_ + submitted_.size()));
    return in_order();
  }

 private:
  void work(std::size_t batch) {
    for (;;) {
      const std::size_t first = next_.fetch_add(batch);
      if (first >= messages_.size()) return;
      std::vector<TestMessage> taken;
      for (std::size_t index = first; index < first + batch && index < messages_.size(); ++index) {
        taken.push_back(messages_[index]);
        auto again = messages_[index];
        again.attempt = 2;
        taken.insert(taken.begin(), again);
      }
      submit(taken);
    }
  }

  // One at a time, as the contract has it for this kind of plugin.
  void submit(const std::vector<TestMessage>& batch) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Submitted submitted = mock_.submit(batch);
    EXPECT_EQ(submitted.result, HERALD_OK);
    for (std::size_t index = 0; index < batch.size(); ++index)
      submitted_[submitted.items[index]] = {batch[index].ordinal, batch[index].attempt};
  }

  std::string in_order() const {
    std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint32_t> codes;
    for (const Completed& completed : mock_.completions().all()) {
      const auto found = submitted_.find(completed.item);
      if (found != submitted_.end()) codes[found->second] = completed.code;
    }
    std::string all;
    for (const auto& code : codes)
      all += std::to_string(code.second);
    return all;
  }

  PluginUnderTest& mock_;
  const std::vector<TestMessage> messages_;
  const std::size_t before_ = mock_.completions().all().size();
  std::atomic<std::size_t> next_{1};
  std::mutex mutex_;  // guards submits and submitted_
  std::map<std::uint64_t, std::pair<std::uint64_t, std::uint32_t>> submitted_;
};

TEST_F(HERALD_MOCK, GivesTheSameOutcomesAtAnyNumberOfThreads) {
  run();
  std::string alone;
  for (const std::size_t threads : {1U, 2U, 8U}) {
    mock_.set_faults(kMixed);
    const auto outcomes = Crowd(mock_, messages(1000, 300)).outcomes(threads);
    EXPECT_EQ(outcomes.size(), 599U);  // two attempts of each message, and one of the first
    if (alone.empty()) alone = outcomes;
    EXPECT_EQ(outcomes, alone) << threads << " threads";
  }
}

TEST_F(HERALD_MOCK, CountsFromTheLowestOfItsFirstBatchInWhateverOrderItComes) {
  run();
  mock_.set_faults(kMixed);
  const auto forward = outcomes_of(messages(70, 50));
  mock_.set_faults(kMixed);
  auto reversed = messages(70, 50);
  std::reverse(reversed.begin(), reversed.end());
  auto backward = outcomes_of(reversed);
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(backward, forward);
}

TEST_F(HERALD_MOCK, BeginsAnewWithEverySeedThatIsSet) {
  run();
  mock_.set_faults(kMixed);
  const auto first = outcomes_of(messages(0, 60));
  outcomes_of(messages(60, 33));
  mock_.set_faults(kMixed);
  EXPECT_EQ(outcomes_of(messages(93, 60)), first);
  mock_.set_faults({10, 20, 15, 43});
  EXPECT_NE(outcomes_of(messages(153, 60)), first);
}

TEST_F(HERALD_MOCK, MeetsTheSameOutcomesInAnotherInstance) {
  run();
  mock_.set_faults(kMixed);
  const auto here = outcomes_of(messages(0, 60));
  PluginUnderTest other(HERALD_MOCK_FILE);
  ASSERT_EQ(other.configure("{}").result, HERALD_OK);
  ASSERT_EQ(other.start(), HERALD_OK);
  ASSERT_EQ(other.set_faults(kMixed), HERALD_OK);
  std::string there;
  for (const TestMessage& one : messages(0, 60))
    there += letter(other.send(one).code);
  EXPECT_EQ(there, here);
}

TEST_F(HERALD_MOCK, NamesAMessageTheSameInAnotherInstance) {
  run();
  PluginUnderTest other(HERALD_MOCK_FILE);
  ASSERT_EQ(other.configure("{}").result, HERALD_OK);
  ASSERT_EQ(other.start(), HERALD_OK);
  EXPECT_EQ(mock_.send(message(7)).provider_message_id, other.send(message(7, 2)).provider_message_id);
  EXPECT_NE(mock_.send(message(7)).provider_message_id, other.send(message(8)).provider_message_id);
}

}  // namespace
}  // namespace herald::testkit
