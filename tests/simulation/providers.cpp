// The providers' side: what they are called for, and what they say.
#include "broken.h"
#include "simulation.h"

namespace herald::simulation {

using domain::OutcomeKind;
using std::chrono::milliseconds;

void Simulation::called(Carrier& carrier, const domain::DispatchItem& item) {
  const std::string& name = carrier.name();
  if (trace_.on())
    say("  " + name + " is called for " + item.message.content.body + " attempt " +
        std::to_string(item.message.attempt) + ", ticket " + std::to_string(item.ticket));
  model_.called(name, item, life_->stored().in_flight(item.message.id.value()));
  require(model_.open_calls(name) <= carrier.max_in_flight(), "no more in flight than the provider takes", name);
  require(carrier.last_batch() <= carrier.max_batch(), "no more at once than the provider takes", name);
}

void Simulation::submitted(Carrier& carrier) {
  Provider& provider = providers_.at(carrier.name());
  for (std::size_t left = carrier.last_batch(); left > 0; --left) {
    const bool at_once = provider.mood == Mood::kMixed ? choice_.one_in(3) : provider.mood != Mood::kHolds;
    if (at_once) answer(provider, carrier.held().size() - left, false);
  }
  model_.hears_inside_submit(carrier.name());
}

domain::Outcome Simulation::outcome_of(Mood mood, const Carrier::Held& held) {
  domain::Outcome outcome;
  outcome.kind = OutcomeKind::kSuccess;
  if (mood == Mood::kIll) outcome.kind = choice_.one_of({OutcomeKind::kError, OutcomeKind::kTimeout});
  if (mood == Mood::kMixed || mood == Mood::kHolds) {
    outcome.kind = choice_.one_of({OutcomeKind::kSuccess, OutcomeKind::kSuccess, OutcomeKind::kError,
                                   OutcomeKind::kTimeout, OutcomeKind::kRateLimited, OutcomeKind::kRejected});
  }
  if (outcome.kind == OutcomeKind::kSuccess) {
    outcome.provider_message_id = "p" + std::to_string(held.message) + "-" + std::to_string(held.attempt);
  } else if (outcome.kind == OutcomeKind::kRateLimited || choice_.one_in(5)) {
    outcome.retry_after = milliseconds{choice_.between(0, choice_.one_in(3) ? 120'000 : 4'000)};
    outcome.lane_wide = choice_.one_in(2);
  }
  return outcome;
}

void Simulation::answer(Provider& provider, std::size_t index, bool keep) {
  const Carrier::Held held = provider.carrier->held().at(index);
  domain::Outcome outcome = outcome_of(provider.mood, held);
  // A provider that is being ended gives back what it did not begin.
  if ((provider.leaving || stopping_) && choice_.one_in(3)) {
    outcome = {};
    outcome.unfinished = true;
  }
  if (trace_.on())
    say("  " + provider.carrier->name() + " answers ticket " + std::to_string(held.ticket) + ": " +
        (outcome.unfinished ? "unfinished" : std::string(to_string(outcome.kind))));
  model_.completed(provider.carrier->name(), held.ticket, outcome);
  provider.carrier->answer(index, std::move(outcome), keep);
}

void Simulation::answer_one(bool twice) {
  Provider& provider = any_provider();
  const auto count = provider.carrier->held().size();
  if (count == 0) return;
  const auto index = choice_.under(count);
  if (twice) answer(provider, index, true);
  answer(provider, index, false);
}

void Simulation::answer_unknown() {
  Provider& provider = any_provider();
  if (!provider.attached) return;
  domain::Ticket ticket = 1'000'000 + choice_.under(1'000);
  const auto& answered = provider.carrier->answered();
  if (!answered.empty() && choice_.one_in(2)) ticket = answered.at(choice_.under(answered.size())).ticket;
  const domain::Outcome outcome = outcome_of(Mood::kMixed, {ticket, 0, 0});
  model_.completed(provider.carrier->name(), ticket, outcome);
  provider.carrier->answer_ticket(ticket, outcome);
}

void Simulation::change_mood() {
  any_provider().mood = choice_.one_of({Mood::kHolds, Mood::kWell, Mood::kIll, Mood::kMixed});
}

void Simulation::pause() {
  Provider& provider = any_provider();
  provider.paused = !provider.paused;
  life_->dispatcher().set_paused(provider.carrier->name(), provider.paused);
}

// One step on a provider's way out and back.
void Simulation::lose_or_return_provider() {
  if (stopping_) return;
  for (auto& [name, provider] : providers_) {
    if (!provider.attached) {
      attach(provider);
    } else if (provider.leaving) {
      if (!life_->detach(name)) continue;
      provider.carrier->forget();
      provider.attached = false;
    } else if (!resting_ && choice_.one_in(4)) {
      provider.leaving = true;
      life_->lanes().at(name)->begin_leave();
      model_.leaving(name, false);
    } else {
      continue;
    }
    if (trace_.on()) say("  " + name + (provider.attached ? provider.leaving ? " leaves" : " is back" : " is gone"));
  }
}

void Simulation::attach(Provider& provider) {
  provider.attached = true;
  provider.leaving = false;
  model_.attached(provider.carrier->name());
  life_->attach(*provider.carrier, choice_.random().next());
}

}  // namespace herald::simulation
