#include "delivery/lane.h"

#include <algorithm>
#include <utility>

#include "delivery/verdict.h"

namespace herald::delivery {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

// By then the lane has ended every attempt itself; a permit that lives longer is lost.
constexpr std::chrono::seconds kPermitMargin{5};

nanoseconds permit_life(const Options& options) {
  return options.dispatch_timeout + Lane::kGrace + kPermitMargin;
}

void take_earlier(std::optional<base::MonoTime>& earliest, const std::optional<base::MonoTime>& other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace

Lane::Lane(domain::ProviderPort& port, const Options& options, const Services& services, std::uint64_t seed)
    : port_(port),
      name_(port.name()),
      options_(options),
      services_(services),
      inbox_(std::make_shared<Inbox>()),
      random_(seed),
      report_(name_, services.log, services.metrics),
      breaker_(options.breaker, permit_life(options)),
      outbox_(services.writer, inbox_) {}

bool Lane::step() {
  const base::Heartbeat::Step beat(heartbeat_, services_.clock);
  inbox_->take(taken_);
  bool progressed = !taken_.empty();
  const Now now = read_clock();
  const auto moved = breaker_.advance(now.mono);
  note(moved, now);
  hear_commits(now);
  finish_completed(now);
  give_up_overdue(now);
  if (taken_.claim) {
    if (*taken_.claim)
      dispatch(std::move(**taken_.claim));
    else
      report_.claim_failed(taken_.claim->error());
  }
  const Now after = read_clock();
  progressed |= outbox_.flush(after.mono, after.wall);
  publish(after);
  return progressed || moved.has_value();
}

void Lane::wait(nanoseconds longest) {
  const auto next = next_wakeup();
  inbox_->wait(next ? std::min(*next, longest) : longest);
}

std::optional<nanoseconds> Lane::next_wakeup() {
  const base::MonoTime now = services_.clock.mono();
  std::optional<base::MonoTime> earliest = flights_.next_deadline();
  take_earlier(earliest, breaker_.retry_at());
  take_earlier(earliest, pacer_.held_until(now));
  // While a claim is under way a retry waits for its answer, which notifies.
  if (!inbox_->claim_under_way()) take_earlier(earliest, outbox_.next_retry());
  if (!earliest) return std::nullopt;
  return std::max(nanoseconds::zero(), *earliest - now);
}

domain::LaneView Lane::view() const {
  const base::MutexLock lock(view_mutex_);
  return view_;
}

Lane::Pulse Lane::pulse_at(base::MonoTime now) const {
  Pulse pulse;
  pulse.progress = progress_;
  pulse.held = taken_.stopping || outbox_.holds_failed() || !pacer_.is_open(now) ||
               breaker_.state() == domain::BreakerState::kOpen;
  pulse.calls_out = flights_.size() > 0;
  pulse.unsettled = outbox_.size() > 0;
  return pulse;
}

void Lane::complete(domain::Ticket ticket, domain::Outcome outcome) noexcept {
  inbox_->complete({ticket, std::move(outcome), services_.clock.mono()});
}

void Lane::hear_commits(const Now& now) {
  for (Inbox::Ack& ack : taken_.acks) {
    if (ack.result)
      ++progress_;
    else
      report_failure(ack.result.error());
    const Outbox::Batch committed = outbox_.acknowledge(std::move(ack), now.mono);
    report_.settled(committed.finished);
    report_.expired(committed.expired);
    for (const Finished& finished : committed.finished) {
      if (finished.settlement.retry_at) return_due(*finished.settlement.retry_at);
    }
    if (!committed.released.empty()) return_due(now.wall);
  }
}

void Lane::report_failure(const base::Error& error) {
  if (error.code == base::ErrorCode::kInvalid) report_.refused(error);
  // One line for an outage, not one for each try.
  else if (!outbox_.holds_failed())
    report_.postponed(error);
}

void Lane::finish_completed(const Now& now) {
  for (Inbox::Completion& completion : taken_.completions) {
    auto flight = flights_.take(completion.ticket);
    if (flight) {
      finish(std::move(*flight), std::move(completion.outcome), completion.at, now);
    } else if (const auto given_up = flights_.take_given_up(completion.ticket)) {
      ++progress_;
      report_.late(*given_up, completion.outcome);
    } else {
      report_.invalid(completion.ticket);
    }
  }
  taken_.completions.clear();
}

void Lane::give_up_overdue(const Now& now) {
  while (auto flight = flights_.give_up_next(now.mono)) {
    domain::Outcome outcome;
    outcome.kind = domain::OutcomeKind::kTimeout;
    outcome.error_code = "deadline";
    finish(std::move(*flight), std::move(outcome), now.mono, now);
  }
}

void Lane::finish(Flight flight, domain::Outcome outcome, base::MonoTime completed_at, const Now& now) {
  ++progress_;
  // Nobody knows whether it was sent, so no attempt is settled. In a stop of the host it stays "dispatching" in the
  // store, whose policy for uncertain messages decides at the next start; otherwise it goes back to the queue.
  if (outcome.unfinished) {
    if (!taken_.stopping || taken_.leaving) outbox_.release(flight.id);
    return;
  }
  note(breaker_.record(flight.permit, outcome.kind, now.mono), now);
  if (outcome.lane_wide && outcome.retry_after) pacer_.hold(now.mono, *outcome.retry_after);

  const AttemptFacts facts{flight.attempt, flight.expires_at, flight.spent};
  Verdict verdict = decide(outcome, facts, options_.retry, now.wall, random_.unit());
  Finished finished;
  finished.request_id = std::move(flight.request_id);
  finished.channel = flight.channel;
  finished.settlement.id = flight.id;
  finished.settlement.status = verdict.status;
  finished.settlement.retry_at = verdict.retry_at;
  finished.settlement.error_code = std::move(verdict.error_code);
  finished.settlement.receipts = port_.emits_receipts();
  domain::Attempt& attempt = finished.settlement.attempt;
  attempt.number = flight.attempt;
  attempt.provider = name_;
  attempt.outcome = std::move(outcome);
  attempt.started_at = flight.started_at;
  finished.took = completed_at - flight.submitted_at;
  attempt.latency = duration_cast<milliseconds>(finished.took);
  outbox_.settle(std::move(finished));
}

void Lane::dispatch(store::Claimed claimed) {
  if (!claimed.messages.empty() || !claimed.expired.empty()) ++progress_;
  report_.expired(claimed.expired);
  // Said before the provider is called, so that the next claim commits meanwhile.
  Inbox::Offer offer;
  offer.demand = demand(services_.clock.mono(), claimed.messages.size());
  offer.quiet = false;
  // Another version may have taken over since the claim, and not take every channel any more.
  const auto channels = offer.channels = port_.channels();
  inbox_->publish(offer);

  const std::size_t batch_size = std::max<std::size_t>(1, port_.max_batch());
  std::vector<domain::DispatchItem> items;
  Now now = read_clock();
  for (domain::ClaimedMessage& message : claimed.messages) {
    if (outbox_.holds_failed()) outbox_.forget_failed(message.id);
    const auto permit = permit_or_return(message, channels, now);
    if (!permit) continue;
    items.push_back(take_off(std::move(message), *permit, now));
    if (items.size() < batch_size) continue;
    submit(std::exchange(items, {}));
    now = read_clock();
  }
  if (!items.empty()) submit(std::move(items));
}

std::optional<Breaker::Permit> Lane::permit_or_return(const domain::ClaimedMessage& message,
                                                      domain::ChannelSet channels, const Now& now) {
  if (now.wall >= message.expires_at) {
    outbox_.release_expired(message.id);
    return std::nullopt;
  }
  std::optional<Breaker::Permit> permit;
  const bool offered = channels.contains(message.content.channel);
  if (offered && !taken_.stopping && pacer_.is_open(now.mono) && free_window() > 0) permit = breaker_.admit(now.mono);
  if (!permit) outbox_.release(message.id);
  return permit;
}

domain::DispatchItem Lane::take_off(domain::ClaimedMessage message, const Breaker::Permit& permit, const Now& now) {
  const nanoseconds allowed = std::min<nanoseconds>(options_.dispatch_timeout, message.expires_at - now.wall);
  const base::MonoTime deadline = now.mono + allowed;
  Flight flight;
  flight.id = message.id;
  flight.request_id = message.request_id;
  flight.channel = message.content.channel;
  flight.attempt = message.attempt;
  flight.spent = message.spent;
  flight.expires_at = message.expires_at;
  flight.started_at = now.wall;
  flight.submitted_at = now.mono;
  flight.permit = permit;
  domain::DispatchItem item;
  item.ticket = flights_.add(std::move(flight), deadline + kGrace);
  item.message = std::move(message);
  item.deadline = deadline;
  return item;
}

void Lane::submit(std::vector<domain::DispatchItem> items) {
  port_.submit(std::move(items), *this);
  // What completed inside the call is heard at once: it is settled with this step, and a breaker that it opened stops
  // the messages behind it.
  inbox_->take_completions(taken_.completions);
  finish_completed(read_clock());
}

std::size_t Lane::free_window() const {
  const std::size_t window = std::max<std::size_t>(1, port_.max_in_flight());
  // A call that was given up and has not come back still holds its thread: a message behind it would spend its attempt
  // without a call.
  const std::size_t overstaying = std::min(flights_.given_up(), port_.calls_inside());
  const std::size_t taken = flights_.size() + overstaying;
  return window > taken ? window - taken : 0;
}

std::size_t Lane::demand(base::MonoTime now, std::size_t claimed) const {
  const auto less = [](std::size_t from, std::size_t taken) { return from > taken ? from - taken : 0; };
  if (taken_.stopping || outbox_.holds_failed() || !pacer_.is_open(now) || port_.channels().empty()) return 0;
  const std::size_t window = less(free_window(), claimed);
  const std::size_t unsettled = less(kUnsettledMax, outbox_.size());
  const std::size_t permits = less(breaker_.available(now), claimed);
  return std::min({window, unsettled, permits, kClaimMax});
}

void Lane::note(const std::optional<Breaker::Transition>& transition, const Now& now) {
  if (!transition) return;
  report_.transition(*transition);
  if (transition->to == domain::BreakerState::kOpen) opened_at_ = now.wall;
  if (transition->to == domain::BreakerState::kClosed) opened_at_.reset();
}

void Lane::return_due(base::WallTime at) {
  due_at_ = due_at_ ? std::min(*due_at_, at) : at;
}

void Lane::publish(const Now& now) {
  domain::LaneView view;
  view.breaker = breaker_.state();
  view.consecutive_failures = breaker_.consecutive_failures();
  view.opened_at = opened_at_;
  if (breaker_.retry_at()) view.retry_at = *opened_at_ + options_.breaker.open_time;
  if (const auto held = pacer_.held_until(now.mono)) {
    view.paced_until = now.wall + duration_cast<milliseconds>(*held - now.mono);
  }
  view.in_flight = flights_.size();
  view.channels = port_.channels();
  {
    const base::MutexLock lock(view_mutex_);
    view_ = view;
    pulse_ = pulse_at(now.mono);
  }
  report_.in_flight(view.in_flight);
  Inbox::Offer offer;
  offer.demand = demand(now.mono, 0);
  offer.due_at = std::exchange(due_at_, std::nullopt);
  offer.quiet = flights_.size() == 0 && outbox_.size() == 0;
  offer.channels = view.channels;
  inbox_->publish(offer);
}

}  // namespace herald::delivery
