// What the disk may show, given what came from outside.
#include <algorithm>

#include "broken.h"
#include "model.h"

namespace herald::simulation {
namespace {

using domain::Status;

std::string text_of(const Message& message, const StoredMessage& stored) {
  return message.body + " is " + std::string(to_string(stored.status)) + ", attempt " + std::to_string(stored.attempt) +
         " after " + std::to_string(stored.attempts.size()) + ", spent " + std::to_string(stored.spent) +
         (stored.error_code.empty() ? "" : ", " + stored.error_code);
}

}  // namespace

void Model::time_moved() {
  latest_ = std::max(latest_, clock_.wall());
}

// What was in flight is in doubt; what was asked for and not answered may be there or not.
void Model::crashed(const std::map<std::int64_t, StoredMessage>& found) {
  check_present(found);
  std::map<std::string, const StoredMessage*> rows;
  for (const auto& [id, row] : found)
    rows[row.body] = &row;
  for (auto& [body, message] : messages_) {
    if (message.open_requests > 0) message.refused = false;
    message.open_requests = 0;
    const auto row = rows.find(body);
    if (row == rows.end()) {
      require(message.calls.empty(), "what was called is on disk", body);
      continue;
    }
    const StoredMessage& stored = *row->second;
    const bool in_flight = stored.status == Status::kDispatching;
    message.may_be_uncertain |= in_flight && hold_;
    for (Call& call : message.calls) {
      const auto& attempts = stored.attempts;
      const bool marked = in_flight && stored.attempt == call.attempt;
      const bool settled = std::any_of(attempts.begin(), attempts.end(),
                                       [&](const StoredAttempt& one) { return one.number == call.attempt; });
      require(marked || settled || call.past || call.may_come_again, "what was called is on disk as called", body);
      call.open = false;
      call.past = true;
      if (marked && !settled && !hold_) call.may_come_again = true;
    }
  }
}

void Model::restarted() {
  lanes_.clear();
}

void Model::looked_at(const std::map<std::int64_t, StoredMessage>& stored) {
  std::set<std::string> bodies;
  std::set<std::string> keys;
  std::set<std::pair<std::string, std::int64_t>> ordinals;
  for (const auto& [id, row] : stored) {
    require(bodies.insert(row.body).second, "one request, one message", row.body);
    require(row.conversations == 1, "a message stands in one conversation", row.body);
    if (row.inbound) {
      require(row.places == 0, "an inbound message waits for nobody", row.body);
      continue;
    }
    require(row.places == 1, "a message stands in one place", row.body + " in " + std::to_string(row.places));
    require(ordinals.emplace(row.provider, row.ordinal).second, "an ordinal is given once", row.body);
    const auto place = messages_.find(row.body);
    require(place != messages_.end(), "nothing is there that nobody asked for", row.body);
    if (!place->second.key.empty())
      require(keys.insert(place->second.key).second, "one key, one message", row.body + " " + place->second.key);
    look_at(place->second, row);
  }
  check_present(stored);
}

void Model::check_present(const std::map<std::int64_t, StoredMessage>& stored) const {
  for (const auto& [body, message] : messages_) {
    if (!message.acknowledged) continue;
    const auto place = stored.find(message.id);
    require(place != stored.end() && place->second.body == body, "what was acknowledged is there", body);
    require(!message.cancelled || place->second.status == Status::kCancelled, "what was cancelled stays so",
            text_of(message, place->second));
  }
  for (const auto& [body, id] : inbound_) {
    const auto place = stored.find(id);
    require(place != stored.end() && place->second.body == body, "what was received is there", body);
  }
}

void Model::look_at(Message& message, const StoredMessage& stored) {
  const std::string what = text_of(message, stored);
  require(!message.refused || message.open_requests > 0, "nothing of a refused request is stored", what);
  require(message.id == 0 || message.id == stored.id, "a message keeps its id", what);
  require(message.providers.count(stored.provider) > 0, "a message goes to the provider of its route", what);
  require(message.expiries.count(stored.expires_at) > 0, "a time-to-live is what was asked for", what);
  message.id = stored.id;
  std::uint32_t number = 0;
  for (const StoredAttempt& attempt : stored.attempts) {
    require(attempt.number == ++number, "attempts are numbered from one", what);
    static_cast<void>(call_of(message, attempt));
  }
  check_step(message, stored);
  const bool waits = stored.status == Status::kPending || stored.status == Status::kDispatching;
  if (waits)
    check_waiting(message, stored);
  else
    check_settled(message, stored);
  message.seen = stored;
}

// The way along the states: what is final stays, and only an operator brings an ended message back.
void Model::check_step(Message& message, const StoredMessage& now) const {
  if (!message.seen) return;
  const StoredMessage& before = *message.seen;
  const std::string what = text_of(message, now) + "; was " + text_of(message, before);
  require(now.attempts.size() >= before.attempts.size() && now.spent >= before.spent, "attempts only grow", what);
  require(now.provider == before.provider && now.ordinal == before.ordinal, "a message stays what it is", what);
  if (now.status == before.status) return;
  switch (before.status) {
    case Status::kCancelled:
    case Status::kDelivered:
      require(false, "a final state is final", what);
      break;
    case Status::kDispatched:
      if (now.status == Status::kDelivered || now.status == Status::kFailed) break;
      [[fallthrough]];
    case Status::kFailed:
    case Status::kExpired:
      require(message.may_be_retried, "only an operator brings a message back", what);
      message.may_be_retried = false;
      break;
    default:
      break;
  }
}

void Model::check_waiting(const Message& message, const StoredMessage& stored) const {
  const std::string what = text_of(message, stored);
  const auto made = stored.attempts.size();
  require(stored.attempt == made + 1, "the next attempt follows the last", what);
  require(stored.spent <= made && made - stored.spent <= options_.retry.max_retries, "no more attempts than allowed",
          what);
  if (made == stored.spent) return;
  const Call& call = call_of(message, stored.attempts.back());
  const Fates fates = fates_of(call);
  require(fates.again, "the last attempt's outcome allows another", what);
  require(stored.due >= fates.from && stored.due <= fates.to, "the next attempt is due when the policy says",
          what + ", due " + std::to_string((stored.due - call.ended_at).count()) + " ms after the last");
}

void Model::check_settled(const Message& message, const StoredMessage& stored) const {
  const std::string what = text_of(message, stored);
  const auto made = stored.attempts.size();
  require(stored.attempt <= made + 1, "attempts are counted", what);
  if (stored.status == Status::kCancelled) {
    require(message.may_be_cancelled, "nobody else cancels", what);
    return;
  }
  const bool tried = made > stored.spent;
  const Fates fates = tried ? fates_of(call_of(message, stored.attempts.back())) : Fates{};
  if (stored.status == Status::kExpired) {
    require(latest_ >= stored.expires_at || fates.expired, "nothing expires before its time", what);
    return;
  }
  if (stored.status == Status::kFailed && stored.error_code == "uncertain") {
    require(message.may_be_uncertain, "only a crash leaves a message uncertain", what);
    return;
  }
  require(tried && stored.attempt == made, "attempts are counted", what);
  if (stored.status == Status::kFailed && fates.failed) return;
  require(fates.dispatched, "a state is what the last outcome says", what);
  check_receipts(stored, stored.attempts.back());
}

// The first receipt under the id that the provider gave decides.
void Model::check_receipts(const StoredMessage& stored, const StoredAttempt& last) const {
  std::set<Status> allowed;
  bool decided = false;
  const auto said = receipts_.find({stored.provider, last.provider_message_id});
  if (said != receipts_.end()) {
    for (const Said& one : said->second) {
      allowed.insert(one.delivered ? Status::kDelivered : Status::kFailed);
      decided = !one.maybe;
      if (decided) break;
    }
  }
  if (!decided) allowed.insert(Status::kDispatched);
  require(allowed.count(stored.status) > 0, "the first receipt decides",
          stored.body + " is " + std::string(to_string(stored.status)));
}

const Call& Model::call_of(const Message& message, const StoredAttempt& attempt) const {
  const auto fits = [&](const Call& call) {
    return call.attempt == attempt.number && call.end && static_cast<int>(call.end->kind) == attempt.outcome &&
           call.end->provider_message_id == attempt.provider_message_id;
  };
  const auto found = std::find_if(message.calls.rbegin(), message.calls.rend(), fits);
  require(found != message.calls.rend(), "an attempt is kept as its call ended",
          message.body + " attempt " + std::to_string(attempt.number));
  return *found;
}

void Model::nothing_waits_in_vain() const {
  for (const auto& [body, message] : messages_) {
    if (!message.seen || message.seen->status != Status::kPending || message.seen->due > clock_.wall()) continue;
    const auto lane = lanes_.find(message.seen->provider);
    require(lane != lanes_.end(), "a message goes to the provider of its route", body);
    const bool kept = lane->second.breaker.state() == domain::BreakerState::kOpen ||
                      clock_.mono() < lane->second.held_until || lane->second.leaving;
    require(kept, "what is due goes out when its provider can take it", text_of(message, *message.seen));
  }
}

void Model::at_rest() const {
  for (const auto& [body, message] : messages_) {
    require(message.open_requests == 0, "every request is answered", body);
    if (!message.seen) continue;
    require(is_settled(message.seen->status), "nothing is stuck", text_of(message, *message.seen));
  }
}

}  // namespace herald::simulation
