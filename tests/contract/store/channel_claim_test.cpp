// Claims for some of a provider's channels: each has a queue of its own, and they are taken from as one.
#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Channel;
using domain::ChannelSet;
using domain::Status;
using Ids = std::vector<domain::MessageId>;

class ChannelClaim : public StoreContract {
 protected:
  static ChannelSet only(Channel channel) { return ChannelSet::of(std::array{channel}); }
  static Ids ids_of(const Claimed& claimed) {
    Ids ids;
    for (const auto& message : claimed.messages)
      ids.push_back(message.id);
    return ids;
  }
};

TEST_P(ChannelClaim, TakesWhatIsInItsChannelsAndLeavesTheRest) {
  const auto sms = accept_in(Channel::kSms);
  const auto mms = accept_in(Channel::kMms);
  const auto email = accept_in(Channel::kEmail);
  EXPECT_EQ(ids_of(claim_in(ChannelSet::of(std::array{Channel::kSms, Channel::kEmail}))), (Ids{sms, email}));
  EXPECT_EQ(status(mms), Status::kPending);
  EXPECT_EQ(ids_of(claim_in(only(Channel::kMms))), Ids{mms});
}

TEST_P(ChannelClaim, TakesFromAllInTheOrderInWhichTheyAreDue) {
  Ids expected;
  for (const auto channel : {Channel::kMms, Channel::kSms, Channel::kEmail, Channel::kMms, Channel::kSms}) {
    expected.push_back(accept_in(channel));
    clock_.advance(ms(1));
  }
  const Ids first(expected.begin(), expected.begin() + 3);
  EXPECT_EQ(ids_of(claim_in(ChannelSet::all(), 3)), first);
  EXPECT_EQ(ids_of(claim_in(ChannelSet::all())), Ids(expected.begin() + 3, expected.end()));
}

TEST_P(ChannelClaim, OfNoneTakesNothing) {
  accept_in(Channel::kSms);
  const auto claimed = claim_in({});
  EXPECT_TRUE(claimed.messages.empty());
  EXPECT_FALSE(claimed.next_due);
  EXPECT_EQ(depth().waiting, 1U);
}

TEST_P(ChannelClaim, TellsWhenTheNextOfItsChannelsIsDue) {
  accept_in(Channel::kMms);
  clock_.advance(ms(5));
  accept_in(Channel::kSms);
  accept_in(Channel::kSms);
  EXPECT_EQ(claim_in(only(Channel::kSms), 1).next_due, now());
  EXPECT_FALSE(claim_in(only(Channel::kEmail)).next_due);
  EXPECT_EQ(claim_in(ChannelSet::all(), 0).next_due, now() - ms(5));
}

TEST_P(ChannelClaim, ExpiresOnlyWhatIsInItsChannels) {
  auto mortal = message();
  mortal.content.channel = Channel::kMms;
  mortal.expires_at = now() + ms(10);
  const auto id = accept(std::move(mortal));
  clock_.advance(ms(20));
  EXPECT_TRUE(claim_in(only(Channel::kSms)).expired.empty());
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(claim_in(only(Channel::kMms)).expired.size(), 1U);
}

TEST_P(ChannelClaim, AMessageKeepsItsQueueThroughReleaseRetryAndRestart) {
  const auto id = accept_in(Channel::kMms);
  ASSERT_EQ(ids_of(claim_in(only(Channel::kMms))), Ids{id});
  ASSERT_TRUE(release(id));
  EXPECT_EQ(depth().waiting_in[Channel::kMms], 1U);
  ASSERT_EQ(ids_of(claim_in(only(Channel::kMms))), Ids{id});
  restart(UncertainPolicy::kResend);
  EXPECT_EQ(depth().waiting_in[Channel::kMms], 1U);
  EXPECT_EQ(depth().waiting_in[Channel::kSms], 0U);
  EXPECT_EQ(ids_of(claim_in(only(Channel::kMms))), Ids{id});
  EXPECT_EQ(depth().waiting_in[Channel::kMms], 0U);
}

TEST_P(ChannelClaim, AMessageOfAnyChannelCanBeTakenBackAndExpired) {
  const auto cancelled = accept_in(Channel::kEmail);
  std::optional<base::Status> answer;
  Command command = Cancel{cancelled, [&answer](base::Status status) { answer = std::move(status); }};
  ASSERT_TRUE(store().apply({&command, 1}));
  ASSERT_TRUE(answer.value());
  auto mortal = message();
  mortal.content.channel = Channel::kEmail;
  mortal.expires_at = now() + ms(10);
  const auto id = accept(std::move(mortal));
  clock_.advance(ms(20));
  EXPECT_EQ(reader().expired({}, now(), 10).value().ids, Ids{id});
  EXPECT_EQ(expire({id}).size(), 1U);
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_EQ(depth().waiting_in[Channel::kEmail], 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ChannelClaim, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
