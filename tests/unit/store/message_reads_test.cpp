// How lists of messages are found: never by looking at a whole table, never by sorting one.
#include "store/message_reads.h"

#include <fstream>

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/migrations.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

using domain::MessageId;
using domain::Status;

class MessageReadsTest : public ::testing::Test {
 protected:
  MessageReadsTest() {
    migrate(database_);
    database_.execute("INSERT INTO provider(id, name, next_ordinal) VALUES(1, 'alpha', 0), (2, 'beta', 0)");
  }

  static std::string made(const std::string& path) {
    std::ofstream(path).flush();
    return path;
  }

  // Messages 1 to `count` of alpha, all of them waiting.
  void fill_queue(std::size_t count) {
    const std::string numbers =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) + ") ";
    database_.execute(("INSERT INTO message(id, direction, channel, provider_id, ordinal, accepted_at, expires_at,"
                       " timestamp, request_id, sender, recipient, normalized_sender, normalized_recipient, subject,"
                       " attachments, body) " +
                       numbers + "SELECT i, 1, 1, 1, i, i, i + 1000, i, 'r', 'a', 'b', 'a', 'b', NULL, '', 'x' FROM n")
                          .c_str());
    database_.execute(("INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent) " +
                       numbers + "SELECT 1, 1, i, i, i + 1000, 1, 0 FROM n")
                          .c_str());
  }

  std::vector<std::string> plan_of(const std::string& query) {
    std::vector<std::string> steps;
    Statement plan(database_, "EXPLAIN QUERY PLAN " + query);
    while (plan.step())
      steps.emplace_back(plan.text(3));
    return steps;
  }

  static MessageFilter pending() {
    MessageFilter filter;
    filter.status = Status::kPending;
    return filter;
  }

  test::TempDir directory_;
  Database database_{made((directory_ / "herald.db").string()), Database::Mode::kReadWrite, ""};
};

TEST_F(MessageReadsTest, NoQuestionLooksAtAWholeTableOrSortsOne) {
  for (const auto& query : MessageReads::queries()) {
    const auto plan = plan_of(query);
    EXPECT_FALSE(plan.empty()) << query;
    for (const auto& step : plan) {
      EXPECT_EQ(step.find("SCAN"), std::string::npos) << query << "\n" << step;
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << query << "\n" << step;
    }
  }
}

TEST_F(MessageReadsTest, ThePlansAreTheSameOnceTheTablesAreKnownToBeLarge) {
  fill_queue(5'000);
  database_.execute(
      "INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at)"
      " SELECT id, 3 + id % 5, 1, 0, '', 0 FROM message");
  database_.execute("ANALYZE");
  for (const auto& query : MessageReads::queries()) {
    for (const auto& step : plan_of(query)) {
      EXPECT_EQ(step.find("SCAN"), std::string::npos) << query << "\n" << step;
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << query << "\n" << step;
    }
  }
}

TEST_F(MessageReadsTest, AShortQueueIsPutInOrderWhereverItsMessagesStand) {
  fill_queue(20'000);
  database_.execute("DELETE FROM ready WHERE message_id > 3");
  database_.execute(
      "INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at)"
      " SELECT id, 3, 1, 0, '', 0 FROM message WHERE id > 3");
  MessageReads reads(database_);
  const auto page = reads.page(pending(), std::nullopt, 50);
  ASSERT_EQ(page.items.size(), 3U);
  EXPECT_EQ(page.items.front().id, MessageId{3});
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_F(MessageReadsTest, APageOfALongQueueIsBoundedToo) {
  fill_queue(MessageReads::kMostPutInOrder + 2);
  MessageReads reads(database_);
  const auto page = reads.page(pending(), std::nullopt, 10);
  ASSERT_EQ(page.items.size(), 10U);
  EXPECT_EQ(page.items.front().id.value(), static_cast<std::int64_t>(MessageReads::kMostPutInOrder) + 2);
  EXPECT_EQ(page.items.front().status, Status::kPending);
  ASSERT_EQ(page.next, page.items.back().id);

  auto nobodys = pending();
  nobodys.from = {"nobody"};
  const auto empty = reads.page(nobodys, std::nullopt, 10);
  EXPECT_TRUE(empty.items.empty());
  EXPECT_EQ(empty.next->value(),
            static_cast<std::int64_t>(MessageReads::kMostPutInOrder + 2 - MessageReads::kLookedAtPerPage + 1));
}

TEST_F(MessageReadsTest, AQueueThatIsJustPutInOrderIsPagedToItsEnd) {
  fill_queue(MessageReads::kLookedAtPerPage + 10);
  MessageReads reads(database_);
  auto nobodys = pending();
  nobodys.from = {"nobody"};
  const auto first = reads.page(nobodys, std::nullopt, 10);
  EXPECT_EQ(first.next, MessageId{11});
  const auto second = reads.page(nobodys, first.next, 10);
  EXPECT_EQ(second.next, std::nullopt);
}

}  // namespace
}  // namespace herald::store
