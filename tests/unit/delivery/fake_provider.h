// A provider whose answers a test decides.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/ports.h"

namespace herald::delivery {

inline domain::Outcome outcome_of(domain::OutcomeKind kind, std::string code = {}) {
  domain::Outcome outcome;
  outcome.kind = kind;
  outcome.error_code = std::move(code);
  return outcome;
}

inline domain::Outcome success() {
  domain::Outcome outcome = outcome_of(domain::OutcomeKind::kSuccess);
  outcome.provider_message_id = "carrier-1";
  return outcome;
}

inline domain::Outcome error() {
  return outcome_of(domain::OutcomeKind::kError, "http_500");
}

// The lane's thread only, as the port demands.
class FakeProvider final : public domain::ProviderPort {
 public:
  struct Call {
    domain::MessageId id;
    std::uint32_t attempt = 0;
    domain::Ticket ticket = 0;
    base::MonoTime deadline;
  };
  // The outcome with which an item completes inside submit(); nothing: it is held.
  using Answer = std::function<std::optional<domain::Outcome>(const domain::DispatchItem&)>;

  explicit FakeProvider(std::string name) : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  domain::ChannelSet channels() const override { return channels_; }
  std::size_t max_batch() const override { return max_batch_; }
  std::size_t max_in_flight() const override { return max_in_flight_; }
  std::size_t calls_inside() const override { return calls_inside_; }
  bool emits_receipts() const override { return emits_receipts_; }

  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override {
    sink_ = &sink;
    batches_.push_back(items.size());
    for (const auto& item : items) {
      calls_.push_back({item.message.id, item.message.attempt, item.ticket, item.deadline});
      auto outcome = answer_(item);
      if (outcome) sink.complete(item.ticket, std::move(*outcome));
    }
  }

  void always(domain::Outcome outcome) {
    answer_ = [outcome = std::move(outcome)](const domain::DispatchItem&) { return outcome; };
  }
  // Each call takes the next one; afterwards all succeed.
  void in_turn(std::deque<domain::Outcome> outcomes) {
    answer_ = [outcomes](const domain::DispatchItem&) mutable -> std::optional<domain::Outcome> {
      if (outcomes.empty()) return success();
      auto outcome = outcomes.front();
      outcomes.pop_front();
      return outcome;
    };
  }
  // Another version has taken over.
  void offer(domain::ChannelSet channels) { channels_ = channels; }
  void hang() {
    answer_ = [](const domain::DispatchItem&) { return std::nullopt; };
  }
  void answer_by(Answer answer) { answer_ = std::move(answer); }
  // Completes the call of that index, held or not.
  void complete(std::size_t call, domain::Outcome outcome) {
    sink_->complete(calls_.at(call).ticket, std::move(outcome));
  }
  void complete_ticket(domain::Ticket ticket, domain::Outcome outcome) { sink_->complete(ticket, std::move(outcome)); }

  void set_window(std::size_t max_batch, std::size_t max_in_flight) {
    max_batch_ = max_batch;
    max_in_flight_ = max_in_flight;
  }

  void emit_receipts() { emits_receipts_ = true; }

  // As a provider that blocks: calls that hold a thread at this moment.
  void set_calls_inside(std::size_t calls) { calls_inside_ = calls; }

  const std::vector<Call>& calls() const { return calls_; }
  const std::vector<std::size_t>& batches() const { return batches_; }

 private:
  const std::string name_;
  domain::ChannelSet channels_ = domain::ChannelSet::all();
  std::size_t max_batch_ = 16;
  std::size_t max_in_flight_ = 64;
  std::size_t calls_inside_ = 0;
  bool emits_receipts_ = false;
  Answer answer_ = [](const domain::DispatchItem&) { return success(); };
  domain::OutcomeSink* sink_ = nullptr;
  std::vector<Call> calls_;
  std::vector<std::size_t> batches_;
};

}  // namespace herald::delivery
