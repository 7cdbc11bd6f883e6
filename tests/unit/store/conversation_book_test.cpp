#include "store/conversation_book.h"

#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/migrations.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

class ConversationBookTest : public ::testing::Test {
 protected:
  ConversationBookTest() {
    migrate(database_);
    book_.emplace(database_, kKnown);
  }

  static constexpr std::size_t kKnown = 2;

  static std::string made(const std::string& path) {
    std::ofstream(path).flush();
    return path;
  }

  void join(const std::string& to, std::int64_t timestamp_ms = 0) {
    book_->join(domain::Channel::kSms, "a", to, base::from_unix_ms(timestamp_ms), domain::MessageId{++last_message_});
  }
  std::int64_t number(const std::string& sql) { return database_.query_number(sql.c_str()); }
  std::int64_t conversations() { return number("SELECT count(*) FROM conversation"); }
  std::int64_t count_of(const std::string& to) {
    return number(
        "SELECT message_count FROM conversation_activity a JOIN conversation c ON c.id = a.conversation_id"
        " WHERE c.participant_b = '" +
        to + "'");
  }

  test::TempDir directory_;
  Database database_{made((directory_ / "herald.db").string()), Database::Mode::kReadWrite, ""};
  std::optional<ConversationBook> book_;
  std::int64_t last_message_ = 0;
};

TEST_F(ConversationBookTest, KnowsAConversationThatItHasForgotten) {
  for (int round = 0; round < 3; ++round) {
    for (const auto* to : {"b", "c", "d", "e", "f", "g", "h"})
      join(to);
  }
  book_->save();
  EXPECT_EQ(conversations(), 7);
  for (const auto* to : {"b", "c", "d", "e", "f", "g", "h"})
    EXPECT_EQ(count_of(to), 3) << to;
}

TEST_F(ConversationBookTest, KnowsAConversationThatItUsesAllTheTime) {
  for (int count = 0; count < 20; ++count) {
    join("b");
    join("other" + std::to_string(count));
  }
  book_->save();
  EXPECT_EQ(conversations(), 21);
  EXPECT_EQ(count_of("b"), 20);
}

TEST_F(ConversationBookTest, WritesTheCountersOfAConversationOnceForAllThatGathered) {
  for (int count = 0; count < 100; ++count)
    join("b", count);
  database_.execute(
      "CREATE TEMP TABLE touched(x); CREATE TEMP TRIGGER made AFTER INSERT ON main.conversation_activity"
      " BEGIN INSERT INTO touched VALUES(1); END;"
      "CREATE TEMP TRIGGER changed AFTER UPDATE ON main.conversation_activity"
      " BEGIN INSERT INTO touched VALUES(1); END");
  book_->save();
  EXPECT_EQ(number("SELECT count(*) FROM touched"), 1);
  EXPECT_EQ(count_of("b"), 100);
  EXPECT_EQ(number("SELECT last_activity_at FROM conversation_activity"), 99);
}

// Strangers and forgotten ones in turn: each is looked for, or made, on the guess that it is like the one before.
TEST_F(ConversationBookTest, GivesEachConversationTheNextIdWhateverItGuesses) {
  for (int count = 1; count <= 12; ++count) {
    join("new" + std::to_string(count), count);
    if (count % 2 == 0) join("new" + std::to_string(count / 2), count);
    if (count % 3 == 0) book_->save();
  }
  EXPECT_EQ(conversations(), 12);
  EXPECT_EQ(number("SELECT max(id) FROM conversation"), 12);
  EXPECT_EQ(number("SELECT count(*) FROM conversation WHERE participant_b = 'new' || id"), 12);
  EXPECT_EQ(number("SELECT sum(message_count) FROM conversation_activity"), 18);
  EXPECT_EQ(number("SELECT count(*) FROM conversation_activity"), 12);
  EXPECT_EQ(count_of("new6"), 2);
  EXPECT_EQ(count_of("new7"), 1);
}

TEST_F(ConversationBookTest, WritesNothingTwice) {
  join("b");
  book_->save();
  book_->save();
  EXPECT_EQ(count_of("b"), 1);
}

TEST_F(ConversationBookTest, ContinuesWhereAnotherEnded) {
  join("b");
  book_->save();
  book_.emplace(database_, kKnown);
  join("c");
  join("b");
  book_->save();
  EXPECT_EQ(number("SELECT id FROM conversation WHERE participant_b = 'c'"), 2);
  EXPECT_EQ(count_of("b"), 2);
}

}  // namespace
}  // namespace herald::store
