// A version of a provider that no longer takes a channel in which messages wait for it.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

using domain::Channel;
using domain::ChannelSet;

class LostChannel : public DeliveryTest {
 protected:
  static ChannelSet only(Channel channel) { return ChannelSet::of(std::array{channel}); }

  void upgrade_to(ChannelSet channels) { sms().offer(channels); }

  domain::MessageId accept_in(Channel channel) { return accept(hours{24}, "sms", channel); }
};

TEST_F(LostChannel, ItsMessagesWaitWithoutAnyTryAndTheOthersGo) {
  add_provider("sms");
  settle_down();
  upgrade_to(only(Channel::kSms));
  pass(seconds{1});
  const auto lost = accept_in(Channel::kMms);
  const auto kept = accept_in(Channel::kSms);
  pass(seconds{10});
  EXPECT_EQ(status(lost), Status::kPending);
  EXPECT_TRUE(store_.row(lost).attempts.empty());
  EXPECT_EQ(status(kept), Status::kDispatched);
}

TEST_F(LostChannel, ItsMessagesGoOnOnceWhenItIsBack) {
  add_provider("sms");
  upgrade_to(only(Channel::kSms));
  settle_down();
  const auto lost = accept_in(Channel::kMms);
  pass(seconds{5});
  upgrade_to(ChannelSet::all());
  pass(seconds{1});
  EXPECT_EQ(status(lost), Status::kDispatched);
  EXPECT_EQ(sms().calls().size(), 1U);
}

// The upgrade comes between the claim and the call.
TEST_F(LostChannel, WhatWasClaimedForItGoesBackWithoutACall) {
  add_provider("sms");
  settle_down();
  const auto lost = accept_in(Channel::kMms);
  dispatcher_.step();
  writer_.step();
  ASSERT_EQ(status(lost), Status::kDispatching);
  upgrade_to(only(Channel::kSms));
  pass(seconds{2});
  EXPECT_EQ(status(lost), Status::kPending);
  EXPECT_TRUE(sms().calls().empty());
  EXPECT_LE(store_.counts().released, 1U);
}

TEST_F(LostChannel, ItsMessagesExpire) {
  add_provider("sms");
  upgrade_to(only(Channel::kSms));
  settle_down();
  const auto lost = accept(seconds{5}, "sms", Channel::kMms);
  pass(std::chrono::minutes{2}, seconds{1});
  EXPECT_EQ(status(lost), Status::kExpired);
}

TEST_F(LostChannel, IsToldOfOnceWithItsNameAndItsCure) {
  add_provider("sms");
  upgrade_to(only(Channel::kSms));
  settle_down();
  accept_in(Channel::kMms);
  accept_in(Channel::kMms);
  pass(seconds{10});
  const auto lines = log_.of("delivery.provider_missing");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().fields.at("provider_name"), "sms");
  EXPECT_EQ(lines.front().fields.at("channel"), "mms");
  EXPECT_EQ(lines.front().fields.at("waiting"), "2");
  EXPECT_NE(lines.front().fields.at("cure").find("bring back"), std::string::npos);
  EXPECT_EQ(metrics_.invalid_routing.value(), 2U);
  upgrade_to(ChannelSet::all());
  pass(seconds{2});
  EXPECT_EQ(log_.of("delivery.provider_back").size(), 1U);
}

TEST_F(LostChannel, IsNoStallOfItsLane) {
  add_provider("sms");
  upgrade_to(only(Channel::kSms));
  settle_down();
  accept_in(Channel::kMms);
  pass(seconds{5});
  for (const auto& pulse : dispatcher_.pulses(clock_.mono()))
    EXPECT_FALSE(pulse.owes) << pulse.provider;
  EXPECT_EQ(view().channels, only(Channel::kSms));
}

TEST_F(LostChannel, AProviderWithoutAnyClaimsNothing) {
  add_provider("sms");
  upgrade_to({});
  pass(seconds{1});
  const auto claims = store_.counts().claims;
  const auto waiting = accept_in(Channel::kSms);
  pass(seconds{5});
  EXPECT_EQ(store_.counts().claims, claims);
  EXPECT_EQ(status(waiting), Status::kPending);
}

}  // namespace
}  // namespace herald::delivery
