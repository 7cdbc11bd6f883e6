// What carriers bring, through the host's own webhooks and through plugins, on its way into the store.
#include <string>
#include <vector>

#include "unit/intake/intake_fixture.h"

namespace herald::intake {
namespace {

using Reason = Refusal::Reason;

class InboundMessages : public IntakeTest {};

TEST_F(InboundMessages, AreAnsweredAfterTheCommit) {
  start(inbound_sms(), without_key());
  EXPECT_TRUE(answers_.empty());
  commit();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(answers_[0].has_value());
  EXPECT_EQ(metrics_.inbound_accepted.value(), 1U);
  EXPECT_EQ(metrics_.accepted.value(), 0U);
}

TEST_F(InboundMessages, ReachTheStoreWhole) {
  ASSERT_TRUE(answer(inbound_sms()));
  const auto& command = store_.received().at(0);
  EXPECT_EQ(command.source, "webhook/sms");
  EXPECT_EQ(command.provider, "");
  EXPECT_FALSE(command.key);
  ASSERT_EQ(command.messages.size(), 1U);
  EXPECT_EQ(command.messages[0].request_id, "req-1");
  EXPECT_EQ(command.messages[0].provider_message_id, "SM1");
  EXPECT_EQ(command.messages[0].normalized_to, "+12025550142");
  EXPECT_EQ(command.messages[0].content.to, "(202) 555-0142");
  EXPECT_EQ(command.messages[0].received_at, clock_.wall());
}

TEST_F(InboundMessages, NameTheirSource) {
  auto request = inbound_sms();
  request.source = InboundSource::kMock;
  ASSERT_TRUE(answer(request));
  request.source = InboundSource::kEmailWebhook;
  ASSERT_TRUE(answer(request));
  EXPECT_EQ(store_.received().at(0).source, "mock");
  EXPECT_EQ(store_.received().at(1).source, "webhook/email");
}

TEST_F(InboundMessages, AreOneWhenTheirIdComesTwice) {
  const auto first = answer(inbound_sms());
  const auto second = answer(inbound_sms());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->id, first->id);
  EXPECT_FALSE(second->replayed) << "no key was given";
  EXPECT_EQ(metrics_.inbound_accepted.value(), 1U);
  EXPECT_EQ(metrics_.inbound_duplicate.value(), 1U);
}

TEST_F(InboundMessages, AreOneUnderTheSameKey) {
  auto request = inbound_sms();
  request.source = InboundSource::kMock;
  request.provider_message_id.reset();
  const auto first = answer(request, with_key("k1"));
  const auto second = answer(request, with_key("k1"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->id, first->id);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(store_.received().size(), 1U);
  EXPECT_EQ(metrics_.inbound_duplicate.value(), 1U);
}

TEST_F(InboundMessages, NeedNoProvider) {
  routes_.phone.reset();
  EXPECT_TRUE(answer(inbound_sms()));
}

TEST_F(InboundMessages, AreRefusedWithOneLineAndNothingStored) {
  auto request = inbound_sms();
  request.from.reset();
  request.body = " ";
  request.to = "+12025550142\n";
  EXPECT_EQ(refusal(request), Reason::kInvalid);
  EXPECT_TRUE(store_.received().empty());
  EXPECT_EQ(metrics_.inbound_refused.value(), 1U);
  EXPECT_EQ(metrics_.refused_invalid.value(), 1U);
  const auto lines = log_.of("inbound.refused");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, observe::LogLevel::kError);
  EXPECT_EQ(lines[0].fields.at("request_id"), "req-1");
  EXPECT_EQ(lines[0].fields.at("source"), "webhook/sms");
  EXPECT_EQ(lines[0].fields.at("error"),
            "/from is required; /to must be UTF-8 without control characters; /body must not be blank without an "
            "attachment");
  EXPECT_FALSE(log_.mentions("12025550142"));
}

TEST_F(InboundMessages, DoNotPutAClientsOwnNamesIntoTheLog) {
  auto request = inbound_sms();
  request.faults.add("/+12025550188", "must not appear more than once");
  request.faults.add("/attachments/12025550188", "must be a string");
  EXPECT_EQ(refusal(request), Reason::kInvalid);
  EXPECT_FALSE(log_.mentions("12025550188"));
  EXPECT_TRUE(log_.mentions("must not appear more than once"));
}

TEST_F(InboundMessages, KeepALineOfTheLogShort) {
  auto request = inbound_sms();
  for (int i = 0; i < 40; ++i)
    request.faults.add("/attachments/" + std::to_string(i), "must be a string");
  EXPECT_EQ(refusal(request), Reason::kInvalid);
  EXPECT_LT(log_.of("inbound.refused").at(0).fields.at("error").size(), 512U);
  EXPECT_TRUE(log_.mentions("and 32 more"));
}

TEST_F(InboundMessages, AreToldOfWhenTheyCouldNotEvenBeRead) {
  intake_.refused_inbound(InboundSource::kEmailWebhook, "req-9", "the body is not well-formed JSON");
  EXPECT_EQ(metrics_.inbound_refused.value(), 1U);
  EXPECT_EQ(metrics_.refused_invalid.value(), 1U);
  const auto lines = log_.of("inbound.refused");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("source"), "webhook/email");
  EXPECT_EQ(lines[0].fields.at("error"), "the body is not well-formed JSON");
}

TEST_F(InboundMessages, AreUnavailableWhenTheDiskRefuses) {
  store_.refuse_with(base::ErrorCode::kUnavailable);
  EXPECT_EQ(refusal(inbound_sms()), Reason::kUnavailable);
  EXPECT_EQ(metrics_.inbound_accepted.value(), 0U);
  EXPECT_EQ(metrics_.inbound_refused.value(), 0U) << "it is not the message's fault";
}

TEST_F(InboundMessages, KeepWordsAndAddressesOutOfTheLog) {
  ASSERT_TRUE(answer(inbound_sms()));
  EXPECT_EQ(log_.of("inbound.accepted").size(), 1U);
  for (const char* secret : {"Yes please", "2025550123", "555-0142"})
    EXPECT_FALSE(log_.mentions(secret)) << secret;
}

class EventsOfCarriers : public IntakeTest {
 protected:
  static domain::CarrierMessage reply(std::string id) {
    domain::CarrierMessage message;
    message.from = "+12025550123";
    message.to = "+12025550142";
    message.body = "Yes please";
    message.provider_message_id = std::move(id);
    return message;
  }

  static domain::CarrierEvents events() {
    domain::CarrierEvents made;
    made.provider = "acme";
    made.request_id = "req-7";
    return made;
  }

  void receive(domain::CarrierEvents brought) {
    intake_.receive(std::move(brought), [this](base::Status status) { results_.push_back(std::move(status)); });
  }

  std::vector<base::Status> results_;
};

TEST_F(EventsOfCarriers, AreStoredTogether) {
  auto brought = events();
  brought.messages = {reply("a"), reply("b")};
  brought.receipts = {{"sent-1", true, ""}};
  receive(brought);
  EXPECT_TRUE(results_.empty());
  commit();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_TRUE(results_[0]);
  const auto& command = store_.received().at(0);
  EXPECT_EQ(command.source, "provider/acme");
  EXPECT_EQ(command.provider, "acme");
  ASSERT_EQ(command.messages.size(), 2U);
  EXPECT_EQ(command.messages[1].request_id, "req-7");
  ASSERT_EQ(command.receipts.size(), 1U);
  EXPECT_EQ(command.receipts[0].provider_message_id, "sent-1");
}

TEST_F(EventsOfCarriers, AreCounted) {
  store::Received counts;
  counts.applied = 3;
  counts.parked = 2;
  counts.ignored = 1;
  store_.answer_receipts(counts);
  auto brought = events();
  brought.messages = {reply("a"), reply("a"), reply("b")};
  receive(brought);
  commit();
  EXPECT_EQ(metrics_.inbound_accepted.value(), 2U);
  EXPECT_EQ(metrics_.inbound_duplicate.value(), 1U);
  EXPECT_EQ(metrics_.receipts_applied.value(), 3U);
  EXPECT_EQ(metrics_.receipts_parked.value(), 2U);
  EXPECT_EQ(metrics_.receipts_ignored.value(), 1U);
}

TEST_F(EventsOfCarriers, AreNeverTheSameWithoutAnId) {
  auto brought = events();
  brought.messages = {reply(""), reply("")};
  receive(brought);
  commit();
  EXPECT_EQ(metrics_.inbound_accepted.value(), 2U);
}

TEST_F(EventsOfCarriers, AreRefusedWholeForOneThatBreaksTheRules) {
  auto brought = events();
  brought.messages = {reply("a"), reply("b")};
  brought.messages[1].to.clear();
  brought.receipts = {{"", true, ""}};
  receive(brought);
  ASSERT_EQ(results_.size(), 1U) << "at once";
  ASSERT_FALSE(results_[0]);
  EXPECT_EQ(results_[0].error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(results_[0].error().message,
            "/messages/1/to must not be empty; /receipts/0/provider_message_id must have 1 to 255 octets of UTF-8");
  commit();
  EXPECT_TRUE(store_.received().empty());
  EXPECT_EQ(metrics_.inbound_refused.value(), 1U);
  const auto lines = log_.of("inbound.refused");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("source"), "provider/acme");
  EXPECT_EQ(lines[0].fields.at("request_id"), "req-7");
}

TEST_F(EventsOfCarriers, AreUnavailableWhenTheyCannotBeStored) {
  for (const auto code : {base::ErrorCode::kUnavailable, base::ErrorCode::kExhausted}) {
    results_.clear();
    store_.refuse_with(code);
    auto brought = events();
    brought.messages = {reply("a")};
    receive(brought);
    commit();
    ASSERT_EQ(results_.size(), 1U);
    EXPECT_EQ(results_[0].error().code, base::ErrorCode::kUnavailable);
  }
}

TEST_F(EventsOfCarriers, AreUnavailableOnceTheWriterIsClosed) {
  writer_.close();
  auto brought = events();
  brought.receipts = {{"sent-1", true, ""}};
  receive(brought);
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].error().code, base::ErrorCode::kUnavailable);
}

TEST_F(EventsOfCarriers, MayBeNone) {
  receive(events());
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_TRUE(results_[0]);
  EXPECT_FALSE(writer_.step());
}

}  // namespace
}  // namespace herald::intake
