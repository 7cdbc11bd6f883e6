// Lists of messages, newest first.
#include <algorithm>
#include <set>

#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Channel;
using domain::Direction;
using domain::MessageId;
using domain::Status;
using Ids = std::vector<MessageId>;

class StoreListing : public StoreContract {
 protected:
  static MessageFilter with(Status status) {
    MessageFilter filter;
    filter.status = status;
    return filter;
  }
  static Ids ids_of(const Reader::MessagePage& page) {
    Ids ids;
    for (const auto& item : page.items)
      ids.push_back(item.id);
    return ids;
  }

  Reader::MessagePage list(const MessageFilter& filter = {}, std::optional<MessageId> before = {},
                           std::size_t limit = 50) {
    return reader().messages(filter, before, limit).value();
  }
  // All pages together; each must be in order and go on where the one before ended.
  Ids list_all(const MessageFilter& filter, std::size_t limit) {
    Ids all;
    std::optional<MessageId> before;
    for (int pages = 0; pages < 1'000; ++pages) {
      const auto page = list(filter, before, limit);
      EXPECT_LE(page.items.size(), limit);
      for (const auto id : ids_of(page))
        all.push_back(id);
      before = page.next;
      if (!before) break;
    }
    EXPECT_FALSE(before) << "the list never ends";
    EXPECT_TRUE(std::is_sorted(all.rbegin(), all.rend()));
    EXPECT_EQ(std::set<MessageId>(all.begin(), all.end()).size(), all.size()) << "an item was shown twice";
    return all;
  }

  void apply(Command command) { ASSERT_TRUE(store().apply({&command, 1})); }
  Ids accept_many(std::size_t count, const std::string& provider = "alpha") {
    std::vector<std::optional<base::Result<MessageId>>> answers(count);
    std::vector<Command> batch;
    for (auto& answer : answers)
      batch.emplace_back(accepting(message(provider), answer));
    EXPECT_TRUE(store().apply(batch));
    Ids ids;
    for (const auto& answer : answers)
      ids.push_back(answer->value());
    return ids;
  }
  MessageId receive(const std::string& provider = "") {
    Receive command;
    command.source = "mock";
    command.provider = provider;
    domain::NewInbound inbound;
    inbound.content = message().content;
    inbound.provider_message_id = "in-" + std::to_string(++received_);
    inbound.normalized_from = "+12015550102";
    inbound.normalized_to = "+12015550101";
    inbound.received_at = now();
    command.messages.push_back(std::move(inbound));
    MessageId id;
    command.done = [&id](const base::Result<Received>& received) { id = received.value().messages.at(0).id; };
    apply(std::move(command));
    return id;
  }
  MessageId dispatch_one() {
    const auto id = claim_new();
    EXPECT_TRUE(settle(taken(id)));
    return id;
  }
  MessageId fail_one() {
    const auto id = claim_new();
    EXPECT_TRUE(settle(refused(id)));
    return id;
  }
  MessageId expire_one() {
    const auto id = accept_living(ms(1));
    clock_.advance(ms(1));
    EXPECT_EQ(StoreContract::ids_of(expire({id})), std::vector{id});
    return id;
  }
  MessageId cancel_one() {
    const auto id = accept();
    apply(Cancel{id, {}});
    return id;
  }
  MessageId deliver_one() {
    const auto id = claim_new();
    auto item = taken(id);
    item.receipts = true;
    EXPECT_TRUE(settle(item));
    Receive command;
    command.source = "provider/alpha";
    command.provider = "alpha";
    command.receipts.push_back({item.attempt.outcome.provider_message_id, true, ""});
    apply(std::move(command));
    EXPECT_EQ(status(id), Status::kDelivered);
    return id;
  }

  int received_ = 0;
};

TEST_P(StoreListing, AnEmptyStoreHasNoMessages) {
  const auto page = list();
  EXPECT_TRUE(page.items.empty());
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_P(StoreListing, ShowsTheNewestFirst) {
  const auto first = dispatch_one();
  const auto second = accept();
  const auto third = receive();
  const auto page = list();
  EXPECT_EQ(ids_of(page), (Ids{third, second, first}));
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_P(StoreListing, ShowsAMessageAsItIsFoundButForItsAttempts) {
  const auto id = dispatch_one();
  const auto shown = list().items.at(0);
  const auto found = find(id);
  EXPECT_EQ(shown.id, id);
  EXPECT_EQ(shown.status, Status::kDispatched);
  EXPECT_EQ(shown.content.body, found.content.body);
  EXPECT_EQ(shown.content.from, found.content.from);
  EXPECT_EQ(shown.provider, found.provider);
  EXPECT_EQ(shown.provider_message_id, found.provider_message_id);
  EXPECT_EQ(shown.segments, found.segments);
  EXPECT_EQ(shown.encoding, found.encoding);
  EXPECT_EQ(shown.accepted_at, found.accepted_at);
  EXPECT_EQ(shown.expires_at, found.expires_at);
  EXPECT_EQ(shown.updated_at, found.updated_at);
  EXPECT_EQ(shown.request_id, found.request_id);
  EXPECT_TRUE(shown.attempts.empty());
}

TEST_P(StoreListing, ShowsTheCarriersIdOfWhatCameIn) {
  receive();
  EXPECT_EQ(list().items.at(0).provider_message_id, "in-1");
}

TEST_P(StoreListing, GoesOnBehindAPage) {
  const auto ids = accept_many(7);
  const auto first = list({}, {}, 3);
  EXPECT_EQ(ids_of(first), (Ids{ids[6], ids[5], ids[4]}));
  ASSERT_EQ(first.next, ids[4]);
  const auto second = list({}, first.next, 3);
  EXPECT_EQ(ids_of(second), (Ids{ids[3], ids[2], ids[1]}));
  const auto third = list({}, second.next, 3);
  EXPECT_EQ(ids_of(third), Ids{ids[0]});
  EXPECT_EQ(third.next, std::nullopt);
}

TEST_P(StoreListing, APageThatEndsWithTheListHasNoNext) {
  accept_many(4);
  EXPECT_EQ(list({}, {}, 4).next, std::nullopt);
}

TEST_P(StoreListing, WhatComesMeanwhileDoesNotShiftAPage) {
  const auto ids = accept_many(4);
  const auto first = list({}, {}, 2);
  accept_many(3);
  EXPECT_EQ(ids_of(list({}, first.next, 2)), (Ids{ids[1], ids[0]}));
}

TEST_P(StoreListing, APageHasAtLeastOneItem) {
  accept_many(2);
  EXPECT_EQ(list({}, {}, 0).items.size(), 1U);
}

TEST_P(StoreListing, APageHasABoundOfItsOwn) {
  accept_many(1'100);
  const auto page = list({}, {}, 1'000'000);
  EXPECT_LT(page.items.size(), 1'100U);
  EXPECT_TRUE(page.next);
}

TEST_P(StoreListing, TellsTheStatesApart) {
  const auto delivered = deliver_one();
  const auto dispatched = dispatch_one();
  const auto failed = fail_one();
  const auto expired = expire_one();
  const auto cancelled = cancel_one();
  const auto received = receive();
  const auto tried = claim_new();
  ASSERT_TRUE(settle(retried(tried, now() + ms(500))));
  const auto dispatching = claim_new();
  const auto pending = accept();
  EXPECT_EQ(ids_of(list(with(Status::kDelivered))), Ids{delivered});
  EXPECT_EQ(ids_of(list(with(Status::kDispatched))), Ids{dispatched});
  EXPECT_EQ(ids_of(list(with(Status::kFailed))), Ids{failed});
  EXPECT_EQ(ids_of(list(with(Status::kExpired))), Ids{expired});
  EXPECT_EQ(ids_of(list(with(Status::kCancelled))), Ids{cancelled});
  EXPECT_EQ(ids_of(list(with(Status::kReceived))), Ids{received});
  EXPECT_EQ(ids_of(list(with(Status::kDispatching))), Ids{dispatching});
  EXPECT_EQ(ids_of(list(with(Status::kPending))), (Ids{pending, tried}));
}

TEST_P(StoreListing, EveryItemHasTheStatusThatWasAskedFor) {
  deliver_one();
  dispatch_one();
  fail_one();
  expire_one();
  cancel_one();
  receive();
  claim_new();
  accept();
  for (int at = static_cast<int>(Status::kPending); at <= static_cast<int>(Status::kReceived); ++at) {
    const auto wanted = static_cast<Status>(at);
    const auto page = list(with(wanted));
    ASSERT_EQ(page.items.size(), 1U) << to_string(wanted);
    EXPECT_EQ(page.items.front().status, wanted);
  }
}

TEST_P(StoreListing, ATriedMessageThatIsInFlightIsNotPending) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  EXPECT_TRUE(list(with(Status::kPending)).items.empty());
  EXPECT_EQ(ids_of(list(with(Status::kDispatching))), Ids{id});
}

TEST_P(StoreListing, ARetriedDeadLetterIsNoneAnyMore) {
  const auto id = fail_one();
  apply(Retry{id, {}});
  EXPECT_TRUE(list(with(Status::kFailed)).items.empty());
  EXPECT_EQ(ids_of(list(with(Status::kPending))), Ids{id});
}

TEST_P(StoreListing, TellsWhatIsHeldFromOtherDeadLetters) {
  fail_one();
  const auto held = claim_new();
  restart(UncertainPolicy::kHold);
  auto filter = with(Status::kFailed);
  EXPECT_EQ(list(filter).items.size(), 2U);
  filter.error_code = "uncertain";
  EXPECT_EQ(ids_of(list(filter)), Ids{held});
  filter.error_code = "unheard_of";
  EXPECT_TRUE(list(filter).items.empty());
}

TEST_P(StoreListing, TellsDirectionsApart) {
  const auto out = accept();
  const auto in = receive();
  MessageFilter filter;
  filter.direction = Direction::kInbound;
  EXPECT_EQ(ids_of(list(filter)), Ids{in});
  filter.direction = Direction::kOutbound;
  EXPECT_EQ(ids_of(list(filter)), Ids{out});
}

TEST_P(StoreListing, AStatusOfTheOtherDirectionFitsNothing) {
  accept();
  receive();
  auto filter = with(Status::kReceived);
  filter.direction = Direction::kOutbound;
  EXPECT_TRUE(list(filter).items.empty());
  filter = with(Status::kPending);
  filter.direction = Direction::kInbound;
  EXPECT_TRUE(list(filter).items.empty());
}

TEST_P(StoreListing, TellsChannelsApart) {
  accept();
  auto mail = message();
  mail.content.channel = Channel::kEmail;
  const auto id = accept(mail);
  MessageFilter filter;
  filter.channel = Channel::kEmail;
  EXPECT_EQ(ids_of(list(filter)), Ids{id});
  filter.status = Status::kPending;
  EXPECT_EQ(ids_of(list(filter)), Ids{id});
}

TEST_P(StoreListing, TellsProvidersApart) {
  const auto alpha = accept("alpha");
  const auto beta = accept("beta");
  const auto in = receive("beta");
  MessageFilter filter;
  filter.provider = "beta";
  EXPECT_EQ(ids_of(list(filter)), (Ids{in, beta}));
  filter.status = Status::kPending;
  EXPECT_EQ(ids_of(list(filter)), Ids{beta});
  filter.provider = "alpha";
  EXPECT_EQ(ids_of(list(filter)), Ids{alpha});
  filter.provider = "gamma";
  EXPECT_TRUE(list(filter).items.empty());
}

TEST_P(StoreListing, TellsAddressesApartByTheirNormalisedForm) {
  accept();
  auto other = message();
  other.content.from = "(201) 555-0177";
  other.normalized_from = "+12015550177";
  other.normalized_to = "+12015550188";
  const auto id = accept(other);
  MessageFilter filter;
  filter.from = {"+12015550177"};
  EXPECT_EQ(ids_of(list(filter)), Ids{id});
  filter.to = {"+12015550188"};
  EXPECT_EQ(ids_of(list(filter)), Ids{id});
  filter.to = {"+12015550102"};
  EXPECT_TRUE(list(filter).items.empty());
  filter = MessageFilter{};
  filter.from = {"(201) 555-0177"};
  EXPECT_TRUE(list(filter).items.empty()) << "as it was written it is nobody's";
}

TEST_P(StoreListing, AFilterIsTextAndNeverPartOfAQuestionToTheDatabase) {
  accept();
  MessageFilter filter;
  filter.from = {"' OR 1=1 --"};
  EXPECT_TRUE(list(filter).items.empty());
  filter = MessageFilter{};
  filter.provider = "alpha' OR '1'='1";
  EXPECT_TRUE(list(filter).items.empty());
}

TEST_P(StoreListing, PagesOfEveryStatusTogetherAreAllOfThem) {
  const auto ids = accept_many(40);
  for (std::size_t at = 0; at < ids.size(); at += 2)
    apply(Cancel{ids[at], {}});
  EXPECT_EQ(list_all(with(Status::kCancelled), 3).size(), 20U);
  EXPECT_EQ(list_all(with(Status::kPending), 3).size(), 20U);
  EXPECT_EQ(list_all({}, 7).size(), 40U);
  Settle settled;
  const auto claimed = claim(10);
  for (const auto& message : claimed.messages)
    settled.items.push_back(taken(message.id));
  apply(std::move(settled));
  EXPECT_EQ(list_all(with(Status::kDispatched), 3).size(), 10U);
  EXPECT_EQ(list_all(with(Status::kPending), 3).size(), 10U);
}

TEST_P(StoreListing, PagesThePendingInOrderOfTheirIdsNotOfTheirDueTimes) {
  const auto ids = accept_many(6);
  Settle later;
  int place = 0;
  const auto claimed = claim(6);
  for (const auto& message : claimed.messages)
    later.items.push_back(retried(message.id, now() + ms(100 * (place++ % 3))));
  apply(std::move(later));
  EXPECT_EQ(list_all(with(Status::kPending), 2), Ids(ids.rbegin(), ids.rend()));
}

TEST_P(StoreListing, APageEndsAtItsBoundAndGoesOn) {
  const auto wanted = accept("beta");
  constexpr std::size_t kOthers = 9'000;
  for (std::size_t count = 0; count < kOthers; count += 1'000)
    accept_many(1'000);
  MessageFilter filter;
  filter.provider = "beta";
  const auto first = list(filter);
  EXPECT_TRUE(first.items.empty());
  EXPECT_TRUE(first.next);
  EXPECT_EQ(list_all(filter, 50), Ids{wanted});
  filter.status = Status::kPending;
  EXPECT_EQ(ids_of(list(filter)), Ids{wanted}) << "its own queue holds no others";
  filter = with(Status::kPending);
  filter.from = {"+12015550199"};
  EXPECT_TRUE(list_all(filter, 50).empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreListing, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
