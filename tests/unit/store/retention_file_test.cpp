// A store under a steady load with a retention: its file comes to a size and stays there.
#include <algorithm>

#include "sqlite_fixture.h"
#include "store/database.h"

namespace herald::store {
namespace {

class SteadyLoad : public SqliteFixture {
 protected:
  static constexpr int kMessagesADay = 400;

  // A day of messages to new recipients, all of them taken, with keys and ids of the provider; some replies.
  void live_a_day() {
    std::vector<Command> batch;
    for (int at = 0; at < kMessagesADay; ++at)
      batch.emplace_back(Accept{next_message(), next_key(), {}});
    Receive replies{"provider/alpha", "alpha", {}, {}, {}, {}};
    for (int at = 0; at < kMessagesADay / 4; ++at)
      replies.messages.push_back(next_reply());
    batch.emplace_back(std::move(replies));
    ASSERT_TRUE(store_->apply(batch));
    settle(claim().value().messages);
    for (int hour = 0; hour < 24; ++hour) {
      clock_.advance(std::chrono::hours{1});
      for (int step = 0; step < 4; ++step)
        store_->maintain();
    }
  }

  // Without what the log still holds of them.
  std::int64_t pages() { return Database(database().string(), Database::Mode::kReadOnly, "").query_number(kPages); }
  std::int64_t rows(const char* table) {
    return Database(database().string(), Database::Mode::kReadOnly, "")
        .query_number(("SELECT count(*) FROM " + std::string(table)).c_str());
  }

 private:
  static constexpr const char* kPages = "PRAGMA page_count";

  domain::NewMessage next_message() {
    auto next = message();
    next.normalized_from = next.content.from;
    next.normalized_to = next.content.to = "+1" + std::to_string(2'015'550'000 + ++count_);
    next.content.body = std::string(200 + static_cast<std::size_t>(count_ % 500), 'x');
    return next;
  }
  domain::RequestKey next_key() {
    domain::RequestKey key;
    for (std::size_t at = 0; at < 8; ++at)
      key.key.at(at) = static_cast<std::uint8_t>(static_cast<std::uint64_t>(count_) * 2'654'435'761U >> (4 * at));
    return key;
  }
  domain::NewInbound next_reply() {
    domain::NewInbound reply;
    reply.content = message().content;
    reply.content.from = reply.normalized_from = "+1" + std::to_string(2'015'550'000 + count_);
    reply.content.to = reply.normalized_to = "+12015550101";
    reply.provider_message_id = "in-" + std::to_string(++count_);
    reply.received_at = clock_.wall();
    return reply;
  }
  void settle(const std::vector<domain::ClaimedMessage>& messages) {
    Settle settle;
    for (const auto& one : messages) {
      Settlement item;
      item.id = one.id;
      item.attempt = {one.attempt, "alpha", {}, clock_.wall(), std::chrono::milliseconds{1}};
      item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
      item.attempt.outcome.provider_message_id = "pm-" + one.id.text();
      item.status = domain::Status::kDispatched;
      item.receipts = true;
      settle.items.push_back(std::move(item));
    }
    Command command = std::move(settle);
    ASSERT_TRUE(store_->apply({&command, 1}));
  }

  std::int64_t count_ = 0;
};

TEST_F(SteadyLoad, LetsTheFileComeToASizeAndStayThere) {
  options_.retention = std::chrono::days{2};
  open();
  for (int day = 0; day < 10; ++day)
    live_a_day();
  const auto settled = pages();
  std::int64_t most = 0;
  for (int day = 0; day < 30; ++day) {
    live_a_day();
    most = std::max(most, pages());
  }
  // A tenth for trees that are filled less evenly as rows come and go; without removal it would be four times as much.
  EXPECT_LE(most, settled + settled / 10);
  EXPECT_LE(rows("message"), 4 * (kMessagesADay + kMessagesADay / 4));
  EXPECT_LE(rows("sent"), 4 * kMessagesADay);
  EXPECT_LE(rows("conversation"), rows("message"));
  EXPECT_LE(rows("received"), 9 * (kMessagesADay / 4));
  EXPECT_LE(rows("idempotency_key") + rows("idempotency_log"), 4 * kMessagesADay);
}

TEST_F(SteadyLoad, GrowsTheFileWithoutARetention) {
  open();
  for (int day = 0; day < 3; ++day)
    live_a_day();
  const auto early = pages();
  for (int day = 0; day < 9; ++day)
    live_a_day();
  EXPECT_GT(pages(), 2 * early);
  EXPECT_EQ(rows("sent"), 12 * kMessagesADay);
}

}  // namespace
}  // namespace herald::store
