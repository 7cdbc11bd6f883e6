// What operators ask for: cancel, retry.
#include <string>
#include <utility>

#include "store/command_applier.h"
#include "store/message_rows.h"

namespace herald::store {
namespace {

// Dead letters that one command looks at: a commit must stay short.
constexpr std::size_t kLookedAtPerCommand = 1'000;

bool can_be_retried(domain::Status status) {
  return status == domain::Status::kFailed || status == domain::Status::kExpired;
}

tl::unexpected<base::Error> no_message(domain::MessageId id) {
  return base::fail(base::ErrorCode::kNotFound, "there is no message " + id.text());
}

tl::unexpected<base::Error> wrong_state(domain::MessageId id, domain::Status found, const char* expected) {
  return base::fail(base::ErrorCode::kConflict, "message " + id.text() + " is " + std::string(to_string(found)) +
                                                    ", expected one that is " + expected);
}

tl::unexpected<base::Error> queue_full(std::uint64_t waiting, std::uint64_t bound) {
  return base::fail(base::ErrorCode::kExhausted, "the queue holds " + std::to_string(waiting) +
                                                     " waiting messages, its bound is " + std::to_string(bound) +
                                                     "; wait for the providers to take some, or raise queue_max");
}

}  // namespace

base::Status CommandApplier::cancel(const Cancel& command) {
  const auto standing = find_standing(command.id);
  if (!standing) return no_message(command.id);
  if (standing->status != domain::Status::kPending) return wrong_state(command.id, standing->status, "pending");
  const auto removed = operator_sql_.delete_ready.bind(1, standing->provider_id)
                           .bind(2, static_cast<std::int64_t>(standing->channel))
                           .bind(3, standing->due)
                           .bind(4, command.id.value())
                           .run();
  if (removed == 0) {
    return base::fail(base::ErrorCode::kInternal,
                      "message " + command.id.text() + " is pending, but the queue does not hold it");
  }
  ledger_.remove_waiting(ledger_.by_id(standing->provider_id), standing->channel);
  write_delivery({command.id, domain::Status::kCancelled, standing->attempts, standing->due, {}});
  return {};
}

base::Status CommandApplier::retry(const Retry& command) {
  const auto standing = find_standing(command.id);
  if (!standing) return no_message(command.id);
  if (!can_be_retried(standing->status)) return wrong_state(command.id, standing->status, "failed or expired");
  if (queue_is_full()) return queue_full(ledger_.waiting(), queue_max_);
  revive(command.id, *standing);
  return {};
}

base::Result<Retried> CommandApplier::retry_many(const RetryMany& command) {
  if (!can_be_retried(command.which.status)) {
    return base::fail(base::ErrorCode::kInvalid, "a retry of all messages that are " +
                                                     std::string(to_string(command.which.status)) +
                                                     " was asked for, expected failed or expired");
  }
  std::int64_t provider_id = 0;
  if (!command.which.provider.empty()) {
    const auto* queue = ledger_.find(command.which.provider);
    if (queue == nullptr) return Retried{};
    provider_id = queue->id;
  }
  // Read before anything is changed: a retry takes its row out of the index that is being read.
  std::vector<std::pair<domain::MessageId, Standing>> found;
  Retried retried;
  {
    const StatementScope scope(operator_sql_.select_ended);
    auto& row = operator_sql_.select_ended;
    row.bind(1, static_cast<std::int64_t>(command.which.status)).bind(2, command.after.value());
    row.bind(3, static_cast<std::int64_t>(kLookedAtPerCommand));
    std::size_t looked_at = 0;
    domain::MessageId last;
    for (; row.step(); ++looked_at) {
      last = domain::MessageId{row.number(0)};
      const bool is_there = !row.is_null(1);
      if (!is_there || (provider_id != 0 && row.number(1) != provider_id)) continue;
      if (!command.which.error_code.empty() && row.text(5) != command.which.error_code) continue;
      found.emplace_back(last, Standing{command.which.status, row.number(1), queue_channel_of(row.number(6)), 0,
                                        row.number(3) - row.number(2), row.number(4)});
    }
    if (looked_at == kLookedAtPerCommand) retried.next = last;
  }
  auto at = command.after;
  for (const auto& [id, standing] : found) {
    if (queue_is_full()) {
      if (retried.count == 0) return queue_full(ledger_.waiting(), queue_max_);
      retried.next = at;
      break;
    }
    revive(id, standing);
    at = id;
    ++retried.count;
  }
  return retried;
}

std::optional<CommandApplier::Standing> CommandApplier::find_standing(domain::MessageId id) {
  const StatementScope scope(operator_sql_.select_standing);
  const auto& row = operator_sql_.select_standing;
  if (!operator_sql_.select_standing.bind(1, id.value()).step()) return std::nullopt;
  Standing standing;
  standing.provider_id = row.number(0);
  standing.channel = queue_channel_of(row.number(8));
  standing.due = row.number(1);
  standing.lifetime = row.number(2) - row.number(1);
  if (direction_of(row.number(3)) == domain::Direction::kInbound) standing.status = domain::Status::kReceived;
  if (!row.is_null(4)) {
    standing.status = status_of(row.number(4));
    standing.due = row.number(5);
    standing.attempts = row.number(6);
  }
  if (!row.is_null(7)) standing.status = domain::Status::kDispatching;
  return standing;
}

// Due at once, with its whole time-to-live from now on; its attempts so far no longer count against the budget.
void CommandApplier::revive(domain::MessageId id, const Standing& standing) {
  const auto due = base::unix_ms(now_);
  const auto expires_at = due + standing.lifetime;
  operator_sql_.revive_delivery.bind(1, id.value())
      .bind(2, static_cast<std::int64_t>(domain::Status::kPending))
      .bind(3, due)
      .bind(4, expires_at)
      .run();
  put_ready(id, {standing.provider_id, standing.channel, due, expires_at, standing.attempts + 1, standing.attempts});
  ledger_.by_id(standing.provider_id).has_new_work = true;
}

}  // namespace herald::store
