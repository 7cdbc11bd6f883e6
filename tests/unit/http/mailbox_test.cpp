#include "http/mailbox.h"

#include <poll.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "observe/metrics.h"

namespace herald::test {
namespace {

class Mailbox : public ::testing::Test, private http::Mailbox::Receiver {
 protected:
  Mailbox() : mailbox_(*http::Mailbox::make()) {}

  static http::Completion completion(std::uint64_t slot) { return http::Completion{{1, 2}, slot, http::Response{}}; }

  void post_from_elsewhere(std::uint64_t slot) {
    std::thread([this, slot] { mailbox_->post(completion(slot)); }).join();
  }

  bool woken() const {
    pollfd watched{mailbox_->wake_fd(), POLLIN, 0};
    return poll(&watched, 1, 0) == 1;
  }

  void attach() { mailbox_->attach(*this); }

  std::shared_ptr<http::Mailbox> mailbox_;
  http::Mailbox::Batch batch_;
  std::vector<std::uint64_t> received_;

 private:
  void receive(http::Completion given) override { received_.push_back(given.slot); }
};

TEST_F(Mailbox, WakesTheSleeper) {
  EXPECT_FALSE(woken());
  post_from_elsewhere(7);
  EXPECT_TRUE(woken());
  ASSERT_TRUE(mailbox_->collect(batch_));
  ASSERT_EQ(batch_.completions.size(), 1U);
  EXPECT_EQ(batch_.completions.front().slot, 7U);
}

TEST_F(Mailbox, DoesNotWakeWhoIsAwake) {
  mailbox_->awake();
  post_from_elsewhere(7);
  EXPECT_FALSE(woken());
  EXPECT_TRUE(mailbox_->collect(batch_));
}

TEST_F(Mailbox, WakesAgainOnceFoundEmpty) {
  mailbox_->awake();
  EXPECT_FALSE(mailbox_->collect(batch_));
  post_from_elsewhere(7);
  EXPECT_TRUE(woken());
}

TEST_F(Mailbox, HandsOverWithoutAQueueOnItsOwnThread) {
  attach();
  mailbox_->post(completion(3));
  EXPECT_EQ(received_, std::vector<std::uint64_t>{3});
  EXPECT_FALSE(woken());
  mailbox_->detach();
}

TEST_F(Mailbox, DropsWhatComesAfterItsReactor) {
  attach();
  mailbox_->detach();
  mailbox_->post(completion(3));
  EXPECT_TRUE(received_.empty());
  EXPECT_FALSE(mailbox_->collect(batch_));
}

TEST_F(Mailbox, GivesTheSeatBackOfAConnectionThatNobodyTakes) {
  observe::Metrics metrics;
  http::Population population(metrics);
  http::Arrival arrival;
  arrival.seat = http::Seat(population);
  EXPECT_EQ(population.size(), 1U);
  mailbox_->post(std::move(arrival));
  attach();
  mailbox_->detach();
  EXPECT_EQ(population.size(), 0U);
  EXPECT_EQ(metrics.http_connections.value(), 0);
}

TEST_F(Mailbox, IsKeptByItsAnswerPorts) {
  const std::weak_ptr<http::Mailbox> seen = mailbox_;
  auto port = std::make_shared<http::AnswerPort>(std::exchange(mailbox_, nullptr), http::ConnectionToken{1, 2});
  EXPECT_FALSE(seen.expired());
  http::Responder(port, 5).respond(http::Response{});
  port.reset();
  EXPECT_TRUE(seen.expired());
}

TEST_F(Mailbox, TellsAnAbandonedRequestFromAnAnsweredOne) {
  const auto port = std::make_shared<http::AnswerPort>(mailbox_, http::ConnectionToken{1, 2});
  { const http::Responder dropped(port, 5); }
  http::Responder(port, 6).respond(http::Response{});
  ASSERT_TRUE(mailbox_->collect(batch_));
  ASSERT_EQ(batch_.completions.size(), 2U);
  EXPECT_FALSE(batch_.completions[0].response);
  EXPECT_TRUE(batch_.completions[1].response);
}

}  // namespace
}  // namespace herald::test
