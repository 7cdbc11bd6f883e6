// What a plugin may do wrong while it runs, through the whole room: contained, and counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_bench.h"
#include "providers/providers.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using std::chrono::seconds;
using test::eventually;
using test::item_with;
using testing::HasSubstr;

class Containment : public testing::Test {
 protected:
  domain::ProviderPort& port_of(const std::string& plugin) {
    bench_.install(plugin);
    providers_.emplace(bench_.options, bench_.surroundings);
    providers_->start(bench_.outlets);
    if (bench_.lanes.ports().size() != 1) throw std::runtime_error("expected one provider");
    return *bench_.lanes.ports().front();
  }

  // The one outcome of a message with this body.
  domain::Outcome outcome_of(domain::ProviderPort& port, const std::string& body) {
    const domain::Ticket ticket = ++ticket_;
    port.submit({item_with(ticket, body, bench_.in(seconds{60}))}, sink_);
    EXPECT_TRUE(eventually([&] { return !sink_.of(ticket).empty(); })) << body;
    const auto outcomes = sink_.of(ticket);
    return outcomes.empty() ? domain::Outcome{} : outcomes.front();
  }

  const observe::ProviderMetrics& counted() { return bench_.metrics.provider("rubbish"); }

  test::PluginBench bench_;
  test::RecordingSink sink_;
  domain::Ticket ticket_ = 0;
  std::optional<Providers> providers_;  // before what it uses is gone
};

class Rubbish : public Containment, public testing::WithParamInterface<const char*> {};

TEST_P(Rubbish, AsAnOutcomeIsAnErrorOfThePlugins) {
  const auto outcome = outcome_of(port_of("rubbish"), GetParam());
  EXPECT_EQ(outcome.kind, OutcomeKind::kError);
  EXPECT_EQ(outcome.error_code, "bad_outcome");
}

INSTANTIATE_TEST_SUITE_P(Each, Rubbish,
                         testing::Values("no outcome", "no size", "a size below the code", "no code", "code 77"));

TEST_F(Containment, ReadsNoTextThatHasNoData) {
  const auto outcome = outcome_of(port_of("rubbish"), "4 GiB of nothing");
  EXPECT_EQ(outcome.kind, OutcomeKind::kSuccess);
  EXPECT_EQ(outcome.provider_message_id, "");
}

TEST_F(Containment, TakesAnOutcomeOfALaterMinorVersionAsFarAsItKnowsIt) {
  const auto outcome = outcome_of(port_of("rubbish"), "a huge size");
  EXPECT_EQ(outcome.kind, OutcomeKind::kSuccess);
  EXPECT_EQ(outcome.provider_message_id, "rubbish-1");
}

TEST_F(Containment, KeepsTextThatIsNoUtf8OutOfWhatItStores) {
  const auto outcome = outcome_of(port_of("rubbish"), "no UTF-8");
  EXPECT_EQ(outcome.kind, OutcomeKind::kRejected);
  EXPECT_EQ(outcome.error_code.find('\xFF'), std::string::npos);
  EXPECT_EQ(outcome.provider_message_id.find('\xFE'), std::string::npos);
}

TEST_F(Containment, CutsTextThatIsTooLong) {
  const auto outcome = outcome_of(port_of("rubbish"), "long texts");
  EXPECT_EQ(outcome.provider_message_id.size(), 255U);
  EXPECT_EQ(outcome.encoding.size(), 16U);
}

TEST_F(Containment, BoundsAPauseThatIsLongerThanAnyMessageLives) {
  const auto outcome = outcome_of(port_of("rubbish"), "an endless pause");
  EXPECT_EQ(outcome.kind, OutcomeKind::kRateLimited);
  EXPECT_EQ(outcome.retry_after, std::chrono::hours{31 * 24});
}

TEST_F(Containment, CountsTheSecondCompletionAlsoWhenItComesFromAnotherThread) {
  auto& port = port_of("rubbish");
  EXPECT_EQ(outcome_of(port, "twice, the second from a thread").kind, OutcomeKind::kSuccess);
  EXPECT_TRUE(eventually([&] { return counted().invalid_completions.value() == 1; }));
  EXPECT_EQ(sink_.count(), 1U);
}

TEST_F(Containment, TakesTheCompletionThatCameBeforeAnException) {
  auto& port = port_of("throws_after_completing");
  EXPECT_EQ(outcome_of(port, "any").kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.count(), 1U) << "the exception completes nothing again";
  ASSERT_TRUE(eventually([&] { return !bench_.log.of("provider.exception").empty(); }));
  EXPECT_THAT(bench_.log.of("provider.exception").at(0).fields.at("error"), HasSubstr("threw an exception"));
}

TEST_F(Containment, CountsACompletionAfterTheProviderWasGivenUp) {
  auto& port = port_of("rubbish");
  port.submit({item_with(1, "after stop", bench_.in(seconds{60}))}, sink_);
  EXPECT_EQ(providers_->stop_all(bench_.in(seconds{30})), 0U);
  ASSERT_EQ(sink_.of(1).size(), 1U) << "stop completes what the plugin did not, and nothing completes it again";
}

TEST_F(Containment, GoesOnAfterEveryKindOfRubbish) {
  auto& port = port_of("rubbish");
  for (const char* body : {"no outcome", "no size", "code 77", "4 GiB of nothing", "no UTF-8", "a huge size"})
    outcome_of(port, body);
  EXPECT_EQ(outcome_of(port, "any").kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.count(), 7U);
}

}  // namespace
}  // namespace herald::providers
