// Clients, carriers and operators.
#include <algorithm>

#include "broken.h"
#include "simulation.h"

namespace herald::simulation {

using domain::Status;
using Reason = intake::Refusal::Reason;

namespace {

constexpr std::array kAddresses{"+12025550100", "+12025550101", "+12025550102"};
constexpr std::size_t kMostMessages = 120;
constexpr std::size_t kMostKeys = 6;

bool may_have_been_stored(Reason reason) {
  return reason == Reason::kUnavailable || reason == Reason::kInternal;
}

}  // namespace

void Simulation::send() {
  if (model_.size() >= kMostMessages) return;
  const std::string body = "m" + std::to_string(++last_body_);
  if (!choice_.one_in(3)) return ask(body, {});
  const std::string key = "k" + std::to_string(last_body_);
  keys_.push_back({key, body, clock_.wall()});
  if (keys_.size() > kMostKeys) keys_.pop_front();
  ask(body, key);
}

// Under a key that was used: the same request, or another one. Often under that of whom an error has just met.
void Simulation::send_again() {
  if (keys_.empty() || model_.size() >= kMostMessages) return;
  const auto met_error = std::find_if(keys_.begin(), keys_.end(), [](const Key& key) { return key.met_error; });
  Key& key = met_error != keys_.end() ? *met_error : keys_.at(choice_.under(keys_.size()));
  key.met_error = false;
  key.born = std::min(key.born, clock_.wall());
  // An older key may be gone or not; the model has no opinion of it.
  if (latest_wall_ - key.born >= plan_.options.store.idempotency_ttl) return;
  ask(choice_.one_in(4) ? "m" + std::to_string(++last_body_) : key.body, key.name);
}

void Simulation::ask(const std::string& body, const std::string& key) {
  intake::SendRequest request;
  // The channel is the body's, so that a repeated request is the same.
  const bool email = body.back() == '7' || body.back() == '8';
  request.medium = email ? intake::Medium::kEmail : intake::Medium::kPhone;
  if (!email) request.channel = domain::Channel::kSms;
  const auto pair = static_cast<std::size_t>(body.back()) % 2;
  request.from = email ? "one@example.com" : kAddresses.at(pair);
  request.to = email ? "two@example.com" : kAddresses.at(pair + 1);
  if (email) request.subject = "simulated";
  request.body = body;
  request.timestamp = test::ManualClock::kStart;
  auto ttl = plan_.options.intake.message_ttl;
  if (body.back() == '3' || body.back() == '7') ttl = std::chrono::seconds{5};
  request.ttl_seconds = ttl.count();

  const auto owner = key.empty() ? std::nullopt : model_.owner_of(key);
  const bool in_flight = !key.empty() && model_.is_asked(key);
  const auto provider = route(email ? domain::Channel::kEmail : domain::Channel::kSms);
  if (trace_.on()) say("  " + body + " " + key + " by " + provider.value_or("nobody"));
  model_.asked(body, key, provider.value_or(""), ttl);
  auto at_once = std::make_shared<bool>(true);
  intake::Origin origin{body, "192.0.2.1", key.empty() ? std::nullopt : std::optional<std::string>(key)};
  const auto healthy = life_->writer().healthy();
  life_->intake().accept(
      std::move(request), std::move(origin), [=, this, life = life_number_](const intake::AcceptResult& result) {
        if (life != life_number_) return;
        if (in_flight)
          require(!result && result.error().reason == Reason::kKeyInFlight, "one request for a key at a time", body);
        else if (healthy && owner == body)
          require(result ? result->replayed : may_have_been_stored(result.error().reason), "same key, same answer",
                  body);
        else if (healthy && owner)
          require(
              !result && (result.error().reason == Reason::kKeyReused || may_have_been_stored(result.error().reason)),
              "a key stands for one request", body);
        answered(body, key, result, *at_once);
      });
  *at_once = false;
}

void Simulation::answered(const std::string& body, const std::string& key, const intake::AcceptResult& result,
                          bool at_once) {
  if (trace_.on()) {
    say("  " + body +
        (result ? " is " + result->id.text() + (result->replayed ? " again" : "")
                : " is refused, " + std::to_string(static_cast<int>(result.error().reason))));
  }
  if (!result) {
    const bool maybe = may_have_been_stored(result.error().reason);
    for (Key& one : keys_)
      one.met_error |= maybe && one.name == key;
    return model_.refused(body, maybe);
  }
  require(!at_once || result->replayed, "nothing is acknowledged before the commit", body);
  require(!result->replayed || !key.empty(), "only a key brings an earlier answer", body);
  const auto found = life_->reader().find(result->id);
  require(found.has_value() && found->content.body == body, "what is acknowledged is on disk", body);
  model_.accepted(body, result->id.value(), result->replayed);
}

void Simulation::receive() {
  const bool again = last_inbound_ > 0 && choice_.one_in(3);
  const std::string body = "in" + std::to_string(again ? 1 + choice_.under(last_inbound_) : ++last_inbound_);
  intake::InboundRequest request;
  request.source = intake::InboundSource::kSmsWebhook;
  request.channel = domain::Channel::kSms;
  request.from = kAddresses.at(1);
  request.to = kAddresses.at(choice_.one_in(2) ? 0 : 2);
  request.body = body;
  request.provider_message_id = body;
  life_->intake().receive(std::move(request), intake::Origin{body, "192.0.2.1", std::nullopt},
                          [this, body, life = life_number_](const intake::AcceptResult& result) {
                            if (life == life_number_ && result) model_.received(body, result->id.value());
                          });
}

// Of a call that was made, whatever came of it; often early, late or twice.
void Simulation::receipt() {
  const Provider& provider = any_provider();
  const auto& carrier = *provider.carrier;
  if (!carrier.emits_receipts()) return;
  const auto known = carrier.held().size() + carrier.answered().size();
  if (known == 0) return;
  const auto index = choice_.under(known);
  const auto& held = carrier.held();
  const Carrier::Held& one = index < held.size() ? held.at(index) : carrier.answered().at(index - held.size());
  OpenReceipt said{carrier.name(), "p" + std::to_string(one.message) + "-" + std::to_string(one.attempt),
                   !choice_.one_in(4)};
  if (choice_.one_in(10)) said.id += "-unknown";
  domain::CarrierEvents events;
  events.provider = said.provider;
  events.receipts.push_back({said.id, said.delivered, {}});
  const auto order = ++last_order_;
  open_receipts_[order] = said;
  if (trace_.on()) say("  receipt of " + said.id);
  life_->intake().receive(std::move(events), [this, order, said, life = life_number_](const base::Status& status) {
    if (life != life_number_) return;
    open_receipts_.erase(order);
    model_.receipt(said.provider, said.id, said.delivered, !status.has_value());
  });
}

const Message* Simulation::any_stored() {
  std::vector<const Message*> all;
  for (const auto& [body, message] : model_.messages()) {
    if (message.seen) all.push_back(&message);
  }
  return all.empty() ? nullptr : all.at(choice_.under(all.size()));
}

void Simulation::cancel() {
  const Message* message = any_stored();
  if (message == nullptr) return;
  if (trace_.on()) say("  cancel " + message->body);
  model_.may_be_cancelled(message->body);
  life_->intake().cancel(
      domain::MessageId{message->id}, "operator",
      [this, body = message->body, life = life_number_](const tl::expected<void, intake::Refusal>& done) {
        if (life == life_number_ && done) model_.cancelled(body);
      });
}

void Simulation::retry() {
  const Message* message = any_stored();
  if (message == nullptr) return;
  if (trace_.on()) say("  retry " + message->body);
  const auto order = ++last_order_;
  open_retries_[order] = message->body;
  life_->intake().retry(
      domain::MessageId{message->id}, "operator",
      [this, order, body = message->body, life = life_number_](const tl::expected<void, intake::Refusal>& done) {
        if (life != life_number_) return;
        open_retries_.erase(order);
        if (done || may_have_been_stored(done.error().reason)) model_.may_be_retried(body);
      });
}

void Simulation::retry_all() {
  ++open_bulk_retries_;
  store::DeadLetters which;
  which.status = choice_.one_in(2) ? Status::kFailed : Status::kExpired;
  if (choice_.one_in(2)) which.provider = "alpha";
  const auto done = [this, life = life_number_](const tl::expected<std::size_t, intake::Refusal>& /*count*/) {
    if (life != life_number_) return;
    --open_bulk_retries_;
    model_.all_may_be_retried();
  };
  life_->intake().retry_all(std::move(which), "operator", done);
}

}  // namespace herald::simulation
