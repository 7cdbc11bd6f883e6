#include "store/command_applier.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/attachments.h"
#include "store/message_rows.h"

namespace herald::store {
namespace {

// What one claim may take, whatever it asks for, and what it may expire on its way: a commit must stay short.
constexpr std::size_t kClaimedPerClaim = 4'096;
constexpr std::size_t kExpiredPerClaim = 256;

constexpr int kDueContent = 7;  // where the content starts among the columns of select_due

}  // namespace

CommandApplier::CommandApplier(Database& database, QueueLedger& ledger, base::IdSource& ids, const base::Clock& clock,
                               std::uint64_t queue_max)
    : database_(database),
      ledger_(ledger),
      ids_(ids),
      clock_(clock),
      queue_max_(queue_max),
      sql_(database),
      conversations_(database),
      receipts_(database),
      keys_(database) {}

Reply CommandApplier::apply(const Command& command) {
  struct Visitor {
    CommandApplier& applier;
    Reply operator()(const Accept& one) const { return applier.accept(one); }
    Reply operator()(const Claim& one) const { return applier.claim(one); }
    Reply operator()(const Settle& one) const { return applier.settle(one); }
    Reply operator()(const Release& one) const { return applier.release(one); }
    Reply operator()(const Expire& one) const { return applier.expire(one); }
    Reply operator()(const Receive& one) const { return applier.receive(one); }
    Reply operator()(const Cancel& one) const { return applier.cancel(one); }
    Reply operator()(const Retry& one) const { return applier.retry(one); }
    Reply operator()(const RetryMany& one) const { return applier.retry_many(one); }
    Reply operator()(const Keep& one) const { return applier.keep(one); }
  };
  now_ = clock_.wall();
  return std::visit(Visitor{*this}, command);
}

std::uint64_t CommandApplier::take_left_alone() {
  return std::exchange(left_alone_, 0);
}

base::Result<domain::MessageId> CommandApplier::accept(const Accept& command) {
  if (ledger_.waiting() >= queue_max_) {
    return base::fail(base::ErrorCode::kExhausted, "the queue holds " + std::to_string(ledger_.waiting()) +
                                                       " waiting messages, its bound is " + std::to_string(queue_max_) +
                                                       "; wait for the providers to take some, or raise queue_max");
  }
  const auto& message = command.message;
  const auto& content = message.content;
  auto& queue = ledger_.of(database_, message.provider);
  const auto id = ids_.next(now_);
  const std::string attachments = encode_attachments(content.attachments);

  sql_.insert_message.bind(1, id.value())
      .bind(2, static_cast<std::int64_t>(domain::Direction::kOutbound))
      .bind(3, static_cast<std::int64_t>(content.channel))
      .bind(4, queue.id)
      .bind(5, static_cast<std::int64_t>(queue.next_ordinal))
      .bind(6, message.accepted_at)
      .bind(7, message.expires_at)
      .bind(8, content.timestamp)
      .bind(9, message.request_id)
      .bind(10, content.from)
      .bind(11, content.to)
      .bind(12, message.normalized_from)
      .bind(13, message.normalized_to)
      .bind(15, attachments)
      .bind(16, content.body);
  if (content.subject)
    sql_.insert_message.bind(14, *content.subject);
  else
    sql_.insert_message.bind_null(14);
  sql_.insert_message.run();
  put_ready(id, {queue.id, base::unix_ms(message.accepted_at), base::unix_ms(message.expires_at), 1});
  conversations_.join(content.channel, message.normalized_from, message.normalized_to, content.timestamp, id);
  if (command.key) keys_.append(*command.key, id, message.accepted_at);

  ++queue.next_ordinal;
  queue.ordinals_given = true;
  queue.has_new_work = true;
  return id;
}

base::Result<Claimed> CommandApplier::claim(const Claim& command) {
  Claimed claimed;
  auto* queue = ledger_.find(command.provider);
  if (queue == nullptr) return claimed;

  std::vector<DeliveryRow> expired;
  const auto sweep = collect_due(command, *queue, claimed, expired);
  if (sweep.found) {
    if (!claimed.messages.empty()) {
      sql_.claim_ready.bind(1, queue->id).bind(2, sweep.last_due).bind(3, sweep.last_id).bind(4, command.now).run();
    }
    sql_.delete_due.bind(1, queue->id).bind(2, sweep.last_due).bind(3, sweep.last_id).run();
    for (const auto& row : expired) {
      write_delivery(row);
      claimed.expired.push_back(row.id);
    }
    ledger_.remove_waiting(*queue, claimed.messages.size() + expired.size());
    queue->dispatching += claimed.messages.size();
  }
  claimed.next_due = first_due(*queue);
  return claimed;
}

CommandApplier::Sweep CommandApplier::collect_due(const Claim& command, const ProviderQueue& queue, Claimed& claimed,
                                                  std::vector<DeliveryRow>& expired) {
  Sweep sweep;
  const auto limit = std::min(command.limit, kClaimedPerClaim);
  const auto most = static_cast<std::int64_t>(limit + kExpiredPerClaim);
  const StatementScope scope(sql_.select_due);
  sql_.select_due.bind(1, queue.id).bind(2, command.now).bind(3, most);
  while (claimed.messages.size() < limit && expired.size() < kExpiredPerClaim && sql_.select_due.step()) {
    const domain::MessageId id{sql_.select_due.number(0)};
    if (sql_.select_due.is_null(4)) throw_corrupt("message " + id.text() + " is queued, but its row is not there");
    sweep = {sql_.select_due.number(1), id.value(), true};
    const auto expires_at = sql_.select_due.time(2);
    const auto attempt = sql_.select_due.number(3);
    if (expires_at <= command.now) {
      expired.push_back({id, domain::Status::kExpired, attempt - 1, sweep.last_due, {}});
      continue;
    }
    domain::ClaimedMessage message;
    message.id = id;
    message.content = read_content(sql_.select_due, kDueContent);
    message.request_id = read_request_id(sql_.select_due, kDueContent);
    message.ordinal = static_cast<std::uint64_t>(sql_.select_due.number(5));
    message.attempt = static_cast<std::uint32_t>(attempt);
    message.accepted_at = sql_.select_due.time(6);
    message.expires_at = expires_at;
    claimed.messages.push_back(std::move(message));
  }
  return sweep;
}

std::optional<base::WallTime> CommandApplier::first_due(const ProviderQueue& queue) {
  const StatementScope scope(sql_.select_first_due);
  sql_.select_first_due.bind(1, queue.id);
  if (!sql_.select_first_due.step()) return std::nullopt;
  return sql_.select_first_due.time(0);
}

}  // namespace herald::store
