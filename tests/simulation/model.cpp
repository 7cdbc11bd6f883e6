// Requests, orders, calls: what comes from outside. What the disk must then show stands in model_disk.cpp.
#include "model.h"

#include <algorithm>

#include "broken.h"
#include "delivery/lane.h"

namespace herald::simulation {
namespace {

using domain::OutcomeKind;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kTrialMargin{5};
constexpr std::chrono::hours kLongestHold{1};

}  // namespace

Model::Model(const delivery::Options& options, bool hold, const base::Clock& clock)
    : options_(options), hold_(hold), clock_(clock), latest_(clock.wall()) {}

void Model::asked(const std::string& body, const std::string& key, const std::string& provider,
                  std::chrono::seconds ttl) {
  Message& message = messages_[body];
  message.body = body;
  message.key = key;
  message.lifetime = ttl;
  message.providers.insert(provider);
  message.expiries.insert(clock_.wall() + ttl);
  ++message.open_requests;
}

void Model::accepted(const std::string& body, std::int64_t id, bool replayed) {
  Message& message = messages_.at(body);
  --message.open_requests;
  require(message.id == 0 || message.id == id, "same key, same answer", body + " is " + std::to_string(id) + " now");
  require(!replayed || !message.refused, "no answer of a message that never was", body);
  message.id = id;
  message.acknowledged = true;
  message.refused = false;
}

void Model::refused(const std::string& body, bool maybe) {
  Message& message = messages_.at(body);
  --message.open_requests;
  if (maybe) message.refused = false;
}

std::optional<std::string> Model::owner_of(const std::string& key) const {
  for (const auto& [body, message] : messages_) {
    if (message.key == key && message.seen) return body;
  }
  return std::nullopt;
}

bool Model::is_asked(const std::string& key) const {
  return std::any_of(messages_.begin(), messages_.end(),
                     [&](const auto& entry) { return entry.second.key == key && entry.second.open_requests > 0; });
}

void Model::cancelled(const std::string& body) {
  Message& message = messages_.at(body);
  message.cancelled = true;
  message.may_be_cancelled = true;
  const bool in_flight =
      std::any_of(message.calls.begin(), message.calls.end(), [](const Call& call) { return call.open; });
  require(!in_flight, "what a provider has cannot be cancelled", body);
}

void Model::may_be_retried(const std::string& body) {
  Message& message = messages_.at(body);
  message.may_be_retried = true;
  message.expiries.insert(clock_.wall() + message.lifetime);
  for (Call& call : message.calls)
    call.may_come_again = true;
}

void Model::all_may_be_retried() {
  for (const auto& [body, message] : messages_) {
    if (message.seen || !message.refused) may_be_retried(body);
  }
}

void Model::receipt(const std::string& provider, const std::string& id, bool delivered, bool maybe) {
  receipts_[{provider, id}].push_back({delivered, maybe});
}

void Model::received(const std::string& body, std::int64_t id) {
  const auto [place, is_new] = inbound_.emplace(body, id);
  require(place->second == id, "an event that comes twice is one message", body);
}

void Model::attached(const std::string& provider) {
  const auto trial_life = options_.dispatch_timeout + delivery::Lane::kGrace + kTrialMargin;
  lanes_.insert_or_assign(provider, LaneModel(options_.breaker, trial_life));
}

void Model::leaving(const std::string& provider, bool host_stops) {
  LaneModel& lane = lanes_.at(provider);
  lane.leaving = true;
  lane.stopping |= host_stops;
}

void Model::lane_begins(const std::string& provider) {
  LaneModel& lane = lanes_.at(provider);
  const auto now = clock_.mono();
  lane.breaker.time_is(now);
  hear(lane);
  std::vector<std::pair<base::MonoTime, domain::Ticket>> overdue;
  for (const auto& [ticket, place] : lane.open) {
    const auto at = messages_.at(place.first).calls.at(place.second).give_up_at;
    if (at <= now) overdue.emplace_back(at, ticket);
  }
  std::sort(overdue.begin(), overdue.end());
  domain::Outcome timeout;
  timeout.kind = OutcomeKind::kTimeout;
  for (const auto& [at, ticket] : overdue)
    end(lane, ticket, timeout);
}

void Model::hear(LaneModel& lane) {
  for (const auto& [ticket, outcome] : lane.completed)
    end(lane, ticket, outcome);
  lane.completed.clear();
}

// Only the first end of a call counts.
void Model::end(LaneModel& lane, domain::Ticket ticket, const domain::Outcome& outcome) {
  const auto place = lane.open.find(ticket);
  if (place == lane.open.end()) return;
  Call& call = messages_.at(place->second.first).calls.at(place->second.second);
  lane.open.erase(place);
  call.open = false;
  if (outcome.unfinished) {
    call.may_come_again = !lane.stopping;
    return;
  }
  call.end = outcome;
  call.ended_at = clock_.wall();
  lane.breaker.end(ticket, outcome.kind, clock_.mono());
  if (!outcome.lane_wide || !outcome.retry_after) return;
  lane.held_until =
      std::max(lane.held_until, clock_.mono() + std::min<milliseconds>(*outcome.retry_after, kLongestHold));
}

void Model::called(const std::string& provider, const domain::DispatchItem& item,
                   std::optional<std::uint32_t> in_flight) {
  const std::string& body = item.message.content.body;
  require(messages_.count(body) > 0, "only what was asked for is sent", body);
  Message& message = messages_.at(body);
  LaneModel& lane = lanes_.at(provider);
  require(in_flight == item.message.attempt, "no call without its mark on disk", body);
  require(message.providers.count(provider) > 0, "a message goes to the provider of its route", body);
  require(!lane.leaving, "no call by a lane that was told to end", body);
  require(clock_.mono() >= lane.held_until, "no call while the provider's Retry-After holds", body);
  require(lane.breaker.call(item.ticket, clock_.mono()), "no call beyond the breaker's permits", body);
  check_call(message, item);
  Call call;
  call.provider = provider;
  call.ticket = item.ticket;
  call.attempt = item.message.attempt;
  call.counted = item.message.attempt - item.message.spent;
  call.expires_at = item.message.expires_at;
  call.give_up_at = item.deadline + delivery::Lane::kGrace;
  lane.open[item.ticket] = {body, message.calls.size()};
  message.calls.push_back(call);
}

void Model::check_call(const Message& message, const domain::DispatchItem& item) const {
  const std::string what = message.body + " attempt " + std::to_string(item.message.attempt);
  const auto now = clock_.wall();
  require(item.message.id.value() == message.seen.value().id, "every attempt carries the same token", what);
  require(static_cast<std::int64_t>(item.message.ordinal) == message.seen->ordinal,
          "every attempt carries the same ordinal", what);
  require(message.expiries.count(item.message.expires_at) > 0, "a time-to-live is what was asked for", what);
  require(now < item.message.expires_at, "no call after the time-to-live", what);
  require(item.deadline - clock_.mono() <= item.message.expires_at - now, "a deadline ends with the time-to-live",
          what);
  require(!message.cancelled, "no call of a cancelled message", what);
  // By the wall clock at the claim; it may have been set back since.
  require(latest_ >= message.seen->due, "no call before it is due", what);
  const auto counted = item.message.attempt - item.message.spent;
  require(counted >= 1 && counted <= options_.retry.max_retries + 1, "no more attempts than allowed", what);
  for (const Call& call : message.calls) {
    require(!call.open, "no two calls of a message at once", what);
    require(call.attempt != item.message.attempt || call.may_come_again, "no attempt is made twice", what);
  }
}

void Model::completed(const std::string& provider, domain::Ticket ticket, const domain::Outcome& outcome) {
  lanes_.at(provider).completed.emplace_back(ticket, outcome);
}

void Model::lane_ended(const std::string& provider, const domain::LaneView& view) const {
  const BreakerModel& breaker = lanes_.at(provider).breaker;
  require(view.breaker == breaker.state(), "the breaker is as the outcomes say",
          provider + " is " + std::string(to_string(view.breaker)) + ", expected " +
              std::string(to_string(breaker.state())));
  require(
      view.consecutive_failures == breaker.failures(), "failures in a row are counted",
      provider + ": " + std::to_string(view.consecutive_failures) + ", expected " + std::to_string(breaker.failures()));
  require(view.in_flight == lanes_.at(provider).open.size(), "what is in flight is counted", provider);
}

// The delay before the next attempt lies between the provider's wish or a millisecond and the ceiling of the backoff.
Fates Model::fates_of(const Call& call) const {
  Fates fates;
  const domain::Outcome& outcome = call.end.value();
  if (outcome.kind == OutcomeKind::kSuccess) {
    fates.dispatched = true;
    return fates;
  }
  if (outcome.kind == OutcomeKind::kRejected || call.counted > options_.retry.max_retries) {
    fates.failed = true;
    return fates;
  }
  auto ceiling = options_.retry.backoff_base;
  for (std::uint32_t i = 1; i < call.counted && ceiling < options_.retry.backoff_max; ++i)
    ceiling *= 2;
  ceiling = std::clamp<milliseconds>(ceiling, milliseconds{1}, std::max(options_.retry.backoff_max, milliseconds{1}));
  const auto wish = outcome.retry_after.value_or(milliseconds{1});
  fates.from = call.ended_at + std::max(wish, milliseconds{1});
  fates.to = call.ended_at + std::max(wish, ceiling);
  fates.again = fates.from < call.expires_at;
  fates.expired = fates.to >= call.expires_at;
  return fates;
}

}  // namespace herald::simulation
