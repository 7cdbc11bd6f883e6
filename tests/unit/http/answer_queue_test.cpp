#include "http/answer_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::test {
namespace {

class AnswerQueue : public ::testing::Test {
 protected:
  std::uint64_t ask() {
    std::uint64_t slot = 0;
    queue_.open(slot);
    return slot;
  }

  bool answer(std::uint64_t slot, const std::string& body) {
    auto* const place = queue_.awaiting(slot);
    if (place == nullptr) return false;
    http::Response response;
    response.body = body;
    queue_.settle(*place, std::move(response));
    return true;
  }

  // What may leave now, in order.
  std::string sent() {
    std::string bodies;
    while (auto* const place = queue_.ready()) {
      bodies += place->answer->body;
      queue_.pop();
    }
    return bodies;
  }

  http::AnswerQueue queue_;
};

TEST_F(AnswerQueue, LetsAnswersLeaveInTheOrderOfTheirRequests) {
  const auto first = ask();
  const auto second = ask();
  const auto third = ask();
  answer(third, "c");
  answer(second, "b");
  EXPECT_EQ(sent(), "");
  answer(first, "a");
  EXPECT_EQ(sent(), "abc");
  EXPECT_EQ(queue_.waiting(), 0U);
}

TEST_F(AnswerQueue, TakesOneAnswerForAPlace) {
  const auto slot = ask();
  EXPECT_TRUE(answer(slot, "a"));
  EXPECT_FALSE(answer(slot, "b"));
  EXPECT_EQ(sent(), "a");
}

TEST_F(AnswerQueue, KnowsNoPlaceThatHasGoneOrWasNeverGiven) {
  const auto slot = ask();
  answer(slot, "a");
  sent();
  EXPECT_FALSE(answer(slot, "late"));
  EXPECT_FALSE(answer(slot + 1, "early"));
}

TEST_F(AnswerQueue, NeverGivesASlotTwice) {
  const auto first = ask();
  answer(first, "a");
  sent();
  const auto second = ask();
  queue_.clear();
  const auto third = ask();
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(AnswerQueue, KeepsItsOrderWhileItGrowsAroundItsRing) {
  std::string expected;
  std::string got;
  std::vector<std::uint64_t> open;
  for (int round = 0; round < 40; ++round) {
    for (int asked = 0; asked < round % 5 + 1; ++asked)
      open.push_back(ask());
    const auto slot = open.front();
    open.erase(open.begin());
    const auto text = std::to_string(slot) + ",";
    expected += text;
    answer(slot, text);
    got += sent();
  }
  EXPECT_EQ(got, expected);
  EXPECT_EQ(queue_.waiting(), open.size());
}

TEST_F(AnswerQueue, CountsTheBytesItHolds) {
  const auto first = ask();
  const auto second = ask();
  answer(second, std::string(1000, 'x'));
  EXPECT_EQ(queue_.held_bytes(), 1000U);
  answer(first, "a");
  sent();
  EXPECT_EQ(queue_.held_bytes(), 0U);
}

TEST_F(AnswerQueue, OpensABlankPlace) {
  std::uint64_t slot = 0;
  auto& place = queue_.open(slot);
  place.request_id = "id";
  place.close = true;
  place.method = "GET";
  answer(slot, "a");
  sent();
  const auto& again = queue_.open(slot);
  EXPECT_EQ(again.request_id, "");
  EXPECT_EQ(again.method, "");
  EXPECT_FALSE(again.close);
  EXPECT_FALSE(again.answer);
}

}  // namespace
}  // namespace herald::test
