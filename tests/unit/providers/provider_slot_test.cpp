#include "providers/provider_slot.h"

#include <gtest/gtest.h>

#include "unit/providers/guard_fixture.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using test::complete;
using test::item_with;
using test::script;
using test::scripted_plugin;
using test::scripts;

class ProviderSlotTest : public test::GuardFixture {
 protected:
  // A version whose every submit answers with this outcome.
  std::shared_ptr<Guard> version(std::uint32_t outcome, std::uint32_t max_batch, std::uint32_t max_in_flight) {
    scripts().emplace_back();
    script().on_submit = [outcome](const herald_batch& batch, const herald_completion& completion) {
      const std::uint32_t count = batch.count;
      for (std::uint32_t i = 0; i < count; ++i)
        complete(completion, herald_batch_at(&batch, i)->item, outcome);
      return HERALD_OK;
    };
    return std::move(
        try_start(scripted_plugin(ThreadModel::kAsync, max_batch, max_in_flight), std::chrono::seconds{30}).value());
  }

  std::vector<domain::DispatchItem> items(std::size_t count) {
    std::vector<domain::DispatchItem> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(item_with(++ticket_, "any", in(std::chrono::seconds{60})));
    return out;
  }

  domain::Ticket ticket_ = 0;
};

TEST_F(ProviderSlotTest, HandsWhatComesToTheVersionThatRuns) {
  ProviderSlot slot(version(HERALD_OUTCOME_SUCCESS, 4, 8));
  slot.submit(items(1), sink_);
  ASSERT_TRUE(sink_.comes_to(1));
  slot.replace(version(HERALD_OUTCOME_REJECTED, 4, 8));
  slot.submit(items(1), sink_);
  ASSERT_TRUE(sink_.comes_to(2));
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.of(2).at(0).kind, OutcomeKind::kRejected);
}

TEST_F(ProviderSlotTest, HasTheLimitsOfTheVersionThatRuns) {
  ProviderSlot slot(version(HERALD_OUTCOME_SUCCESS, 4, 8));
  EXPECT_EQ(slot.max_batch(), 4U);
  EXPECT_EQ(slot.max_in_flight(), 8U);
  slot.replace(version(HERALD_OUTCOME_SUCCESS, 2, 3));
  EXPECT_EQ(slot.max_batch(), 2U);
  EXPECT_EQ(slot.max_in_flight(), 3U);
}

TEST_F(ProviderSlotTest, GivesBackWhatIsBeyondTheWindowOfTheVersionThatRuns) {
  ProviderSlot slot(version(HERALD_OUTCOME_SUCCESS, 2, 3));
  slot.submit(items(5), sink_);
  ASSERT_TRUE(sink_.comes_to(5));
  for (domain::Ticket ticket = 1; ticket <= 3; ++ticket)
    EXPECT_EQ(sink_.of(ticket).at(0).kind, OutcomeKind::kSuccess);
  for (domain::Ticket ticket = 4; ticket <= 5; ++ticket)
    EXPECT_TRUE(sink_.of(ticket).at(0).unfinished) << ticket;
}

TEST_F(ProviderSlotTest, GivesBackWhatIsOfAChannelThatTheVersionDoesNotOffer) {
  ProviderSlot slot(version(HERALD_OUTCOME_SUCCESS, 4, 8));
  EXPECT_EQ(slot.channels(), domain::ChannelSet::of(std::array{domain::Channel::kEmail}));
  auto mixed = items(3);
  mixed.at(1).message.content.channel = domain::Channel::kMms;
  slot.submit(std::move(mixed), sink_);
  ASSERT_TRUE(sink_.comes_to(3));
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kSuccess);
  EXPECT_TRUE(sink_.of(2).at(0).unfinished);
  EXPECT_EQ(sink_.of(3).at(0).kind, OutcomeKind::kSuccess);
}

TEST_F(ProviderSlotTest, GivesEverythingBackWhenNoVersionRuns) {
  ProviderSlot slot(version(HERALD_OUTCOME_SUCCESS, 4, 8));
  const auto former = slot.replace(nullptr);
  EXPECT_EQ(former->name(), "email");
  EXPECT_EQ(slot.name(), "email");
  EXPECT_EQ(slot.max_in_flight(), 1U);
  EXPECT_TRUE(slot.channels().empty());
  EXPECT_EQ(slot.calls_inside(), 0U);
  EXPECT_FALSE(slot.emits_receipts());
  slot.submit(items(2), sink_);
  EXPECT_TRUE(sink_.of(1).at(0).unfinished);
  EXPECT_TRUE(sink_.of(2).at(0).unfinished);
}

TEST_F(ProviderSlotTest, GivesBackWhatAStoppedVersionIsHandedTooLate) {
  const auto running = version(HERALD_OUTCOME_SUCCESS, 4, 8);
  running->stop(clock_.mono());
  running->submit(items(1), sink_);
  EXPECT_TRUE(sink_.of(1).at(0).unfinished) << "it was never sent, so no attempt may be spent on it";
}

}  // namespace
}  // namespace herald::providers
