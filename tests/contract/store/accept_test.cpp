#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Status;

TEST_P(StoreContract, FindsAnAcceptedMessageAsItWasWritten) {
  auto written = message();
  written.content.channel = domain::Channel::kEmail;
  written.content.subject = "Hi";
  written.content.attachments = {"https://example.org/a.png", "https://example.org/b.png"};
  written.content.timestamp = now() - ms(5'000);
  const auto id = accept(written);

  const auto found = find(id);
  EXPECT_EQ(found.id, id);
  EXPECT_EQ(found.direction, domain::Direction::kOutbound);
  EXPECT_EQ(found.content.channel, domain::Channel::kEmail);
  EXPECT_EQ(found.content.from, written.content.from);
  EXPECT_EQ(found.content.to, written.content.to);
  EXPECT_EQ(found.content.subject, "Hi");
  EXPECT_EQ(found.content.body, "hello");
  EXPECT_EQ(found.content.attachments, written.content.attachments);
  EXPECT_EQ(found.content.timestamp, written.content.timestamp);
  EXPECT_EQ(found.provider, "alpha");
  EXPECT_EQ(found.request_id, "req-1");
  EXPECT_EQ(found.accepted_at, now());
  EXPECT_EQ(found.expires_at, written.expires_at);
}

TEST_P(StoreContract, AnAcceptedMessageIsPendingAndDueAtOnce) {
  const auto found = find(accept());
  EXPECT_EQ(found.status, Status::kPending);
  EXPECT_EQ(found.next_attempt_at, now());
  EXPECT_EQ(found.updated_at, now());
  EXPECT_TRUE(found.attempts.empty());
  EXPECT_EQ(found.error_code, "");
}

TEST_P(StoreContract, KeepsEveryByteOfTheTexts) {
  auto written = message();
  written.content.body = std::string("a\0b\r\n\t'\"; \xE2\x82\xAC\xF0\x9F\x98\x80 <p>&amp;</p>\0", 31);
  written.content.from = std::string("x\0y", 3);
  written.content.subject = std::string("\0", 1);
  const auto id = accept(written);
  EXPECT_EQ(find(id).content.body, written.content.body);
  EXPECT_EQ(find(id).content.from, written.content.from);
  EXPECT_EQ(find(id).content.subject, written.content.subject);
  const auto claimed = claim();
  EXPECT_EQ(claimed.messages.at(0).content.body, written.content.body);
}

TEST_P(StoreContract, KeepsABodyOfAMegabyte) {
  auto written = message();
  for (std::size_t at = 0; at < 1'000'000; ++at)
    written.content.body += static_cast<char>('a' + at % 23);
  EXPECT_EQ(find(accept(written)).content.body, written.content.body);
}

TEST_P(StoreContract, TellsAnEmptySubjectFromNone) {
  auto written = message();
  EXPECT_EQ(find(accept(written)).content.subject, std::nullopt);
  written.content.subject = "";
  EXPECT_EQ(find(accept(written)).content.subject, "");
}

TEST_P(StoreContract, KeepsAttachmentsWhateverTheyHold) {
  auto written = message();
  written.content.attachments = {"", ",", "3:abc,", std::string("\0|\n", 3), "https://example.org/?a=1,2:3"};
  EXPECT_EQ(find(accept(written)).content.attachments, written.content.attachments);
}

TEST_P(StoreContract, DoesNotFindWhatWasNeverAccepted) {
  const auto found = reader().find(domain::MessageId{42});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, base::ErrorCode::kNotFound);
}

TEST_P(StoreContract, IdsGrowAlsoWhenTheClockJumpsBackAcrossARestart) {
  const auto first = accept();
  clock_.jump_wall(-std::chrono::hours{1});
  const auto second = accept();
  restart();
  const auto third = accept();
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_P(StoreContract, CountsOrdinalsPerProviderFromZero) {
  EXPECT_EQ(find(accept("alpha")).ordinal, 0U);
  EXPECT_EQ(find(accept("beta")).ordinal, 0U);
  EXPECT_EQ(find(accept("alpha")).ordinal, 1U);
  EXPECT_EQ(claim().messages.at(1).ordinal, 1U);
}

TEST_P(StoreContract, OrdinalsGoOnAfterARestart) {
  accept();
  accept();
  restart();
  EXPECT_EQ(find(accept()).ordinal, 2U);
}

TEST_P(StoreContract, RefusesAnAcceptOverTheQueueBound) {
  options_.queue_max = 2;
  restart();
  accept("alpha");
  accept("beta");
  const auto refused = try_accept(message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kExhausted);
}

TEST_P(StoreContract, TheQueueBoundHoldsAfterARestart) {
  options_.queue_max = 2;
  restart();
  accept();
  accept();
  restart();
  EXPECT_FALSE(try_accept(message()));
}

TEST_P(StoreContract, AnAcceptOverTheBoundFailsAloneAndTakesNoOrdinal) {
  options_.queue_max = 1;
  restart();
  std::optional<base::Result<domain::MessageId>> first;
  std::optional<base::Result<domain::MessageId>> second;
  std::vector<Command> batch;
  batch.emplace_back(accepting(message(), first));
  batch.emplace_back(accepting(message(), second));
  ASSERT_TRUE(store().apply(batch));
  EXPECT_TRUE(first.value());
  EXPECT_FALSE(second.value());
  claim();
  EXPECT_EQ(find(accept()).ordinal, 1U);
}

TEST_P(StoreContract, AClaimMakesRoomInTheQueue) {
  options_.queue_max = 1;
  restart();
  accept();
  claim();
  EXPECT_TRUE(try_accept(message()));
}

}  // namespace
}  // namespace herald::store
