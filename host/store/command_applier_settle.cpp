// What happens to messages that wait or that a provider has: settle, release, expire.
#include <string>

#include "store/command_applier.h"
#include "store/message_rows.h"

namespace herald::store {
namespace {

base::Status check(const Settlement& item) {
  switch (item.status) {
    case domain::Status::kPending:
      if (item.retry_at) return {};
      return base::fail(base::ErrorCode::kInvalid,
                        "the settlement of message " + item.id.text() + " is pending without a time of its retry");
    case domain::Status::kDispatched:
    case domain::Status::kFailed:
    case domain::Status::kExpired:
      return {};
    default:
      return base::fail(base::ErrorCode::kInvalid, "the settlement of message " + item.id.text() +
                                                       " asks for the status " + std::string(to_string(item.status)) +
                                                       "; expected dispatched, failed, expired or pending");
  }
}

}  // namespace

base::Status CommandApplier::settle(const Settle& command) {
  for (const auto& item : command.items) {
    if (auto valid = check(item); !valid) return valid;
  }
  for (const auto& item : command.items) {
    const auto flight = find_in_flight(item.id);
    // Another number is a settlement of an earlier claim that came late: the message is on its next attempt by now.
    if (!flight || flight->attempt != item.attempt.number) {
      ++left_alone_;
      continue;
    }
    settle_one(item, *flight);
  }
  return {};
}

void CommandApplier::settle_one(const Settlement& item, const InFlight& flight) {
  leave_in_flight(item.id, flight);
  insert_attempt(item);
  DeliveryRow row{item.id, item.status, flight.attempt, flight.due, item.error_code};
  if (item.status == domain::Status::kPending) {
    row.due = base::unix_ms(*item.retry_at);
    put_ready(item.id,
              {flight.provider_id, flight.channel, row.due, flight.expires_at, flight.attempt + 1, flight.spent});
    if (*item.retry_at <= now_) ledger_.by_id(flight.provider_id).has_new_work = true;
  }
  write_delivery(row);
  note_sent(item);
}

// Behind write_delivery(): a receipt that came before is applied to what that wrote.
void CommandApplier::note_sent(const Settlement& item) {
  const auto& id = item.attempt.outcome.provider_message_id;
  if (!item.receipts || item.status != domain::Status::kDispatched || id.empty()) return;
  receipts_.sent({ledger_.of(database_, item.attempt.provider).id, id, item.id, item.attempt.number}, now_);
}

base::Status CommandApplier::release(const Release& command) {
  for (const auto id : command.ids) {
    const auto flight = find_in_flight(id);
    if (!flight) {
      ++left_alone_;
      continue;
    }
    // The due time of the claim stays, so that what was first in the queue is first again.
    leave_in_flight(id, *flight);
    batch_claims_.released(id);
    put_ready(id, *flight);
    ledger_.by_id(flight->provider_id).has_new_work = true;
  }
  return {};
}

base::Result<std::vector<ExpiredMessage>> CommandApplier::expire(const Expire& command) {
  std::vector<ExpiredMessage> expired;
  for (const auto id : command.ids) {
    DeliveryRow row{id, domain::Status::kExpired, 0, 0, {}};
    std::int64_t provider_id = 0;
    std::string request_id;
    auto channel = domain::Channel::kSms;
    {
      const StatementScope scope(sql_.select_place);
      if (!sql_.select_place.bind(1, id.value()).step()) continue;
      provider_id = sql_.select_place.number(0);
      row.due = sql_.select_place.number(1);
      row.attempts = sql_.select_place.number(2);
      request_id = sql_.select_place.text(3);
      channel = queue_channel_of(sql_.select_place.number(4));
    }
    const auto removed = sql_.delete_expired.bind(1, provider_id)
                             .bind(2, row.due)
                             .bind(3, id.value())
                             .bind(4, command.now)
                             .bind(5, static_cast<std::int64_t>(channel))
                             .run();
    if (removed == 0) continue;
    write_delivery(row);
    auto& queue = ledger_.by_id(provider_id);
    ledger_.remove_waiting(queue, channel);
    expired.push_back({id, queue.name, std::move(request_id)});
  }
  return expired;
}

std::optional<CommandApplier::InFlight> CommandApplier::find_in_flight(domain::MessageId id) {
  const StatementScope scope(sql_.select_in_flight);
  if (!sql_.select_in_flight.bind(1, id.value()).step()) return std::nullopt;
  const auto& row = sql_.select_in_flight;
  return InFlight{row.number(0), queue_channel_of(row.number(1)), row.number(2), row.number(3), row.number(4),
                  row.number(5)};
}

void CommandApplier::leave_in_flight(domain::MessageId id, const InFlight& flight) {
  sql_.delete_in_flight.bind(1, id.value()).run();
  --ledger_.by_id(flight.provider_id).dispatching;
}

void CommandApplier::insert_attempt(const Settlement& item) {
  const auto& attempt = item.attempt;
  const auto& outcome = attempt.outcome;
  auto& insert = sql_.insert_attempt;
  insert.bind(1, item.id.value())
      .bind(2, static_cast<std::int64_t>(attempt.number))
      .bind(3, ledger_.of(database_, attempt.provider).id)
      .bind(4, static_cast<std::int64_t>(outcome.kind))
      .bind(5, attempt.started_at)
      .bind(6, static_cast<std::int64_t>(attempt.latency.count()))
      .bind(8, static_cast<std::int64_t>(outcome.lane_wide))
      .bind(9, static_cast<std::int64_t>(outcome.segments))
      .bind(10, outcome.encoding)
      .bind(11, outcome.provider_message_id)
      .bind(12, outcome.error_code);
  if (outcome.retry_after)
    insert.bind(7, static_cast<std::int64_t>(outcome.retry_after->count()));
  else
    insert.bind_null(7);
  insert.run();
}

void CommandApplier::put_ready(domain::MessageId id, const InFlight& entry) {
  sql_.insert_ready.bind(1, entry.provider_id)
      .bind(2, static_cast<std::int64_t>(entry.channel))
      .bind(3, entry.due)
      .bind(4, id.value())
      .bind(5, entry.expires_at)
      .bind(6, entry.attempt)
      .bind(7, entry.spent)
      .run();
  ledger_.add_waiting(ledger_.by_id(entry.provider_id), entry.channel);
}

void CommandApplier::write_delivery(const DeliveryRow& row) {
  sql_.upsert_delivery.bind(1, row.id.value())
      .bind(2, static_cast<std::int64_t>(row.status))
      .bind(3, row.attempts)
      .bind(4, row.due)
      .bind(5, row.error_code)
      .bind(6, now_)
      .run();
}

}  // namespace herald::store
