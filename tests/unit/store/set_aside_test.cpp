// Entries of the queue that cannot be sent: they must not fail every batch that comes to them.
#include "sqlite_fixture.h"

namespace herald::store {
namespace {

using domain::MessageId;

class SetAsideTest : public SqliteFixture {
 protected:
  void damage(const std::string& sql) {
    close();
    execute(sql);
    open();
  }
  QueueDepth depth() { return store_->reader().queue_depths().value().at(0); }
  std::vector<test::LogLine> told() const { return log_.of("store.message_set_aside"); }
  std::vector<MessageId> claimed_ids() {
    std::vector<MessageId> ids;
    const auto claimed = claim().value();
    for (const auto& message : claimed.messages)
      ids.push_back(message.id);
    return ids;
  }
  static std::string row(MessageId id) { return std::to_string(id.value()); }
};

TEST_F(SetAsideTest, AnEntryWithoutItsMessageIsTakenOutAndToldOf) {
  open();
  const auto lost = accept().value();
  const auto sound = accept().value();
  damage("DELETE FROM message WHERE id = " + row(lost));
  EXPECT_EQ(claimed_ids(), std::vector{sound});
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_EQ(depth().dispatching, 1U);
  ASSERT_EQ(told().size(), 1U);
  EXPECT_EQ(told().front().level, observe::LogLevel::kError);
  EXPECT_EQ(told().front().fields.at("message_id"), lost.text());
  EXPECT_EQ(told().front().fields.at("provider_name"), "alpha");
  EXPECT_EQ(told().front().fields.at("error_code"), "message_lost");
}

TEST_F(SetAsideTest, AMessageThatCannotBeReadIsTakenOutAsADeadLetter) {
  open();
  const auto damaged = accept().value();
  const auto sound = accept().value();
  damage("UPDATE message SET channel = 77 WHERE id = " + row(damaged));
  EXPECT_EQ(claimed_ids(), std::vector{sound});
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_EQ(depth().dispatching, 1U);
  ASSERT_EQ(told().size(), 1U);
  damage("UPDATE message SET channel = 1 WHERE id = " + row(damaged));
  const auto found = store_->reader().find(damaged).value();
  EXPECT_EQ(found.status, domain::Status::kFailed);
  EXPECT_EQ(found.error_code, "message_unreadable");
}

TEST_F(SetAsideTest, IsToldOfOnce) {
  open();
  const auto lost = accept().value();
  damage("DELETE FROM message WHERE id = " + row(lost));
  EXPECT_TRUE(claimed_ids().empty());
  EXPECT_TRUE(claimed_ids().empty());
  close();
  open();
  EXPECT_TRUE(claimed_ids().empty());
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(SetAsideTest, IsNotReportedAsExpired) {
  open();
  const auto lost = accept().value();
  damage("DELETE FROM message WHERE id = " + row(lost));
  clock_.advance(std::chrono::hours{48});
  const auto claimed = claim().value();
  EXPECT_TRUE(claimed.expired.empty());
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(SetAsideTest, HidesNoOthersFromAClaim) {
  open();
  std::vector<Command> batch;
  for (int count = 0; count < 600; ++count)
    batch.emplace_back(Accept{message(), {}, {}});
  ASSERT_TRUE(store_->apply(batch));
  const auto sound = accept().value();
  damage("DELETE FROM message WHERE id <> " + row(sound));
  std::vector<MessageId> ids;
  for (int calls = 0; calls < 10 && ids.empty(); ++calls)
    ids = claimed_ids();
  EXPECT_EQ(ids, std::vector{sound});
  EXPECT_EQ(told().size(), 600U);
}

TEST_F(SetAsideTest, ListsAndReplaysPassOverWhatIsNotThere) {
  open();
  const auto lost = accept().value();
  damage("DELETE FROM message WHERE id = " + row(lost));
  EXPECT_TRUE(claimed_ids().empty());
  MessageFilter failed;
  failed.status = domain::Status::kFailed;
  EXPECT_TRUE(store_->reader().messages(failed, std::nullopt, 10).value().items.empty());
  base::Result<Retried> retried = base::fail(base::ErrorCode::kInternal, "done was not called");
  Command command = RetryMany{{}, {}, [&retried](auto answer) { retried = answer; }};
  ASSERT_TRUE(store_->apply({&command, 1}));
  EXPECT_EQ(retried.value().count, 0U);
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_F(SetAsideTest, APendingListPassesOverAnEntryWithoutItsMessage) {
  open();
  const auto lost = accept().value();
  const auto sound = accept().value();
  damage("DELETE FROM message WHERE id = " + row(lost));
  MessageFilter pending;
  pending.status = domain::Status::kPending;
  const auto page = store_->reader().messages(pending, std::nullopt, 10).value();
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items.front().id, sound);
}

}  // namespace
}  // namespace herald::store
