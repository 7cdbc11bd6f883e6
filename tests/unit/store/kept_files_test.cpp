// Databases that earlier builds wrote, opened by this one. What they hold is told in tests/golden/store/README.md.
#include <map>
#include <vector>

#include "sqlite_fixture.h"
#include "support/private_folder.h"

namespace herald::store {
namespace {

using domain::Status;

class KeptFileOfVersion1 : public SqliteFixture {
 protected:
  KeptFileOfVersion1() {
    test::make_private_folder(options_.data_dir);
    std::filesystem::copy_file(std::filesystem::path(HERALD_KEPT_FILES) / "v1.db", database());
    std::filesystem::permissions(database(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    // The moment at which its last message was written, so that what waits is due.
    clock_.jump_wall(base::from_unix_ms(1'795'370'776'000) - clock_.wall());
    open();
  }

  const Reader& reader() { return store_->reader(); }
  std::vector<std::string> bodies(domain::ConversationId id) {
    const auto page = reader().conversation_messages(id, {}, 50).value();
    std::vector<std::string> texts;
    for (const auto& item : page.items)
      texts.push_back(item.content.body);
    return texts;
  }
};

TEST_F(KeptFileOfVersion1, HasItsConversationsInTheOrderOfTheirFirstMessages) {
  const auto page = reader().conversations({}, 50).value();
  EXPECT_EQ(page.total, 5U);
  std::map<domain::ConversationId, std::string> keys;
  for (const auto& item : page.items)
    keys[item.id] = item.key;
  EXPECT_EQ(keys, (std::map<domain::ConversationId, std::string>{{1, "sms:+12015550101<->+12015550102"},
                                                                 {2, "mms:+12015550101<->+12015550102"},
                                                                 {3, "email:ann@example.com<->bob@example.com"},
                                                                 {4, "sms:+12015550101<->+12015550103"},
                                                                 {5, "sms:+12015550101<->HERALD"}}));
}

TEST_F(KeptFileOfVersion1, HasTheKeysThatThisBuildMakes) {
  const auto page = reader().conversations({}, 50).value();
  for (const auto& item : page.items)
    EXPECT_EQ(item.key, domain::conversation_key(item.channel, item.participant_b, item.participant_a));
}

TEST_F(KeptFileOfVersion1, CountsTheMessagesOfItsConversations) {
  const auto first = reader().conversation(1).value();
  EXPECT_EQ(first.message_count, 4U);
  EXPECT_EQ(first.participant_a, "+12015550101");
  EXPECT_EQ(first.participant_b, "+12015550102");
  EXPECT_EQ(first.last_activity_at, base::from_unix_ms(1'767'225'609'000));
  EXPECT_EQ(reader().conversation(3).value().message_count, 2U);
}

TEST_F(KeptFileOfVersion1, HasTheMessagesOfItsConversationsInTheirOrder) {
  EXPECT_EQ(bodies(1),
            (std::vector<std::string>{"one", "two, the other way, written in the national form", "eight", "nine"}));
  EXPECT_EQ(bodies(3), (std::vector<std::string>{"<p>four</p>", "six"}));
}

TEST_F(KeptFileOfVersion1, ShowsItsMessagesAsTheyStood) {
  const auto first = reader().conversation_messages(1, {}, 50).value().items;
  EXPECT_EQ(first.at(0).status, Status::kDispatched);
  EXPECT_EQ(first.at(0).provider, "sms-mms");
  EXPECT_EQ(first.at(2).status, Status::kPending);
  EXPECT_EQ(first.at(3).status, Status::kExpired);
  const auto failed = reader().conversation_messages(4, {}, 50).value().items.at(0);
  EXPECT_EQ(failed.status, Status::kFailed);
  EXPECT_EQ(reader().find(failed.id).value().attempts.at(0).outcome.error_code, "mock_error");
}

TEST_F(KeptFileOfVersion1, GoesOnWithItsQueueAndItsConversations) {
  base::Result<Claimed> claimed = base::fail(base::ErrorCode::kInternal, "done was not called");
  Command claim =
      Claim{"sms-mms", 10, clock_.wall(), [&claimed](base::Result<Claimed> result) { claimed = std::move(result); }};
  ASSERT_TRUE(store_->apply({&claim, 1}));
  ASSERT_EQ(claimed->messages.size(), 2U);
  EXPECT_EQ(claimed->messages.at(0).content.body, "seven");
  EXPECT_EQ(claimed->messages.at(0).spent, 0U);

  auto next = message();
  next.normalized_from = "+12015550102";
  next.normalized_to = "+12015550101";
  Command accept = Accept{next, {}, {}};
  ASSERT_TRUE(store_->apply({&accept, 1}));
  EXPECT_EQ(reader().conversation(1).value().message_count, 5U);
  next.normalized_to = "+12015550199";
  Command another = Accept{next, {}, {}};
  ASSERT_TRUE(store_->apply({&another, 1}));
  EXPECT_EQ(reader().conversation(6).value().participant_b, "+12015550199");
}

}  // namespace
}  // namespace herald::store
