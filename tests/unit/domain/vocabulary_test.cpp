// The text forms of the domain's enumerations: clients and stored data rely on them.
#include <gtest/gtest.h>

#include "domain/channel.h"
#include "domain/lifecycle.h"
#include "domain/outcome.h"
#include "domain/ports.h"

namespace herald::domain {
namespace {

TEST(Vocabulary, ReadsEveryChannelThatItWrites) {
  for (const auto channel : kChannels)
    EXPECT_EQ(parse_channel(to_string(channel)), channel);
  EXPECT_EQ(parse_channel("SMS"), std::nullopt);
  EXPECT_EQ(parse_channel(""), std::nullopt);
}

TEST(Vocabulary, ReadsEveryStatusThatItWrites) {
  for (int value = 1; value <= 8; ++value) {
    const auto status = static_cast<Status>(value);
    EXPECT_EQ(parse_status(to_string(status)), status);
  }
  EXPECT_EQ(parse_status("unknown"), std::nullopt);
}

TEST(Vocabulary, NamesAsTheContractDoes) {
  EXPECT_EQ(to_string(Channel::kMms), "mms");
  EXPECT_EQ(to_string(Direction::kInbound), "inbound");
  EXPECT_EQ(to_string(OutcomeKind::kRateLimited), "rate_limited");
  EXPECT_EQ(to_string(WaitingFor::kPacer), "pacer");
  EXPECT_EQ(to_string(WaitingFor::kNothing), "");
  EXPECT_EQ(to_string(ProviderState::kStandby), "standby");
  EXPECT_EQ(to_string(BreakerState::kHalfOpen), "half_open");
}

}  // namespace
}  // namespace herald::domain
