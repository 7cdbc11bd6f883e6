#include "store/command_applier.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/attachments.h"
#include "store/message_rows.h"

namespace herald::store {
namespace {

// What one claim may take, whatever it asks for, and what it may end on its way: a commit must stay short.
constexpr std::size_t kClaimedPerClaim = 4'096;
constexpr std::size_t kEndedPerClaim = 256;

// Why a message that waits cannot be sent: its row is gone, or holds what no version of the host writes.
constexpr std::string_view kLost = "message_lost";
constexpr std::string_view kUnreadable = "message_unreadable";

// Among the columns of select_due: where the content starts, and the queue's channel.
constexpr int kDueContent = 8;
constexpr int kDueChannel = kDueContent + kContentColumnCount;

// Parameters 4 to 6 of what goes through a provider's queues: no queue has the number 0.
void bind_channels(Statement& statement, domain::ChannelSet channels) {
  int parameter = 4;
  for (const auto channel : domain::kChannels)
    statement.bind(parameter++, channels.contains(channel) ? static_cast<std::int64_t>(channel) : std::int64_t{0});
}

}  // namespace

CommandApplier::CommandApplier(Database& database, QueueLedger& ledger, base::IdSource& ids, const base::Clock& clock,
                               std::uint64_t queue_max)
    : database_(database),
      ledger_(ledger),
      ids_(ids),
      clock_(clock),
      queue_max_(queue_max),
      sql_(database),
      operator_sql_(database),
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

std::vector<SetAside> CommandApplier::take_set_aside() {
  return std::exchange(set_aside_, {});
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

  auto& insert = sql_.insert_message;
  insert.bind(1, id.value())
      .bind(2, static_cast<std::int64_t>(domain::Direction::kOutbound))
      .bind(4, queue.id)
      .bind(5, static_cast<std::int64_t>(queue.next_ordinal))
      .bind(6, message.accepted_at)
      .bind(7, message.expires_at);
  bind_words(insert, {content, attachments, message.request_id, message.normalized_from, message.normalized_to});
  insert.run();
  put_ready(id, {queue.id, content.channel, base::unix_ms(message.accepted_at), base::unix_ms(message.expires_at), 1});
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

  std::vector<DeliveryRow> ended;
  const auto sweep = collect_due(command, *queue, claimed, ended);
  if (sweep.found) {
    const auto over_the_sweep = [&](Statement& statement) -> Statement& {
      statement.bind(1, queue->id).bind(2, sweep.last_due).bind(3, sweep.last_id);
      bind_channels(statement, command.channels);
      return statement;
    };
    if (!claimed.messages.empty()) over_the_sweep(sql_.claim_ready).bind(7, command.now).run();
    over_the_sweep(sql_.delete_due).run();
    for (const auto& row : ended)
      end_due(row, *queue);
    for (const auto channel : domain::kChannels)
      ledger_.remove_waiting(*queue, channel, sweep.taken[channel]);
    queue->dispatching += claimed.messages.size();
    for (const auto& message : claimed.messages)
      batch_claims_.claimed({message.id, message.attempt});
  }
  claimed.next_due = first_due(*queue, command.channels);
  return claimed;
}

CommandApplier::Sweep CommandApplier::collect_due(const Claim& command, const ProviderQueue& queue, Claimed& claimed,
                                                  std::vector<DeliveryRow>& ended) {
  Sweep sweep;
  const auto limit = std::min(command.limit, kClaimedPerClaim);
  const auto most = static_cast<std::int64_t>(limit + kEndedPerClaim);
  const StatementScope scope(sql_.select_due);
  auto& row = sql_.select_due;
  row.bind(1, queue.id).bind(2, command.now).bind(3, most);
  bind_channels(row, command.channels);
  while (claimed.messages.size() < limit && ended.size() < kEndedPerClaim && row.step()) {
    const domain::MessageId id{row.number(0)};
    sweep.last_due = row.number(1);
    sweep.last_id = id.value();
    sweep.found = true;
    ++sweep.taken[queue_channel_of(row.number(kDueChannel))];
    const auto attempts = row.number(3) - 1;
    if (row.is_null(5)) {
      ended.push_back({id, domain::Status::kFailed, attempts, sweep.last_due, kLost});
    } else if (row.time(2) <= command.now) {
      ended.push_back({id, domain::Status::kExpired, attempts, sweep.last_due, {}});
      claimed.expired.push_back({id, queue.name, read_request_id(row, kDueContent)});
    } else if (auto message = read_due(id)) {
      claimed.messages.push_back(std::move(*message));
    } else {
      ended.push_back({id, domain::Status::kFailed, attempts, sweep.last_due, kUnreadable});
    }
  }
  return sweep;
}

// Nothing for a row that no version of the host writes: it would fail every claim that comes to it, and with each of
// them the whole batch of its commit.
std::optional<domain::ClaimedMessage> CommandApplier::read_due(domain::MessageId id) const {
  const auto& row = sql_.select_due;
  try {
    domain::ClaimedMessage message;
    message.id = id;
    message.content = read_content(row, kDueContent);
    message.request_id = read_request_id(row, kDueContent);
    message.ordinal = static_cast<std::uint64_t>(row.number(6));
    message.attempt = static_cast<std::uint32_t>(row.number(3));
    message.spent = static_cast<std::uint32_t>(row.number(4));
    message.accepted_at = row.time(7);
    message.expires_at = row.time(2);
    return message;
  } catch (const SqliteError&) {
    return std::nullopt;
  }
}

// The claim has taken the row out of the queue; what cannot be sent must not count as a provider's either.
void CommandApplier::end_due(const DeliveryRow& row, const ProviderQueue& queue) {
  write_delivery(row);
  if (row.status == domain::Status::kExpired) return;
  sql_.delete_in_flight.bind(1, row.id.value()).run();
  set_aside_.push_back({row.id, queue.name, row.error_code});
}

std::optional<base::WallTime> CommandApplier::first_due(const ProviderQueue& queue, domain::ChannelSet channels) {
  std::optional<base::WallTime> first;
  auto& row = sql_.select_first_due;
  for (const auto channel : domain::kChannels) {
    if (!channels.contains(channel) || queue.waiting_in[channel] == 0) continue;
    const StatementScope scope(row);
    if (!row.bind(1, queue.id).bind(2, static_cast<std::int64_t>(channel)).step()) continue;
    first = first ? std::min(*first, row.time(0)) : row.time(0);
  }
  return first;
}

}  // namespace herald::store
