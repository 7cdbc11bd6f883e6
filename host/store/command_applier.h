// What each command does to the database, within a transaction that its caller began. Internal to the store room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "store/batch_claims.h"
#include "store/conversation_book.h"
#include "store/database.h"
#include "store/key_log.h"
#include "store/operator_statements.h"
#include "store/queue_ledger.h"
#include "store/receipt_book.h"
#include "store/store.h"
#include "store/write_statements.h"

namespace herald::store {

// The result that a command's `done` is called with once the commit is durable.
using Reply = std::variant<base::Result<domain::MessageId>, base::Result<Claimed>, base::Status,
                           base::Result<std::vector<ExpiredMessage>>, base::Result<Received>, base::Result<Retried>>;

// A message that was taken out of the queue because it cannot be sent.
struct SetAside {
  domain::MessageId id;
  std::string provider;
  std::string_view error_code;  // lives as long as the program
};

// Holds the persistent statements of one connection. The writer's thread only. A command that its own rules refuse
// answers an error and has written nothing; a failing database throws SqliteError, after which the transaction must be
// taken back and the connection closed.
class CommandApplier {
 public:
  // All are borrowed and outlive the applier.
  CommandApplier(Database& database, QueueLedger& ledger, base::IdSource& ids, const base::Clock& clock,
                 std::uint64_t queue_max);

  Reply apply(const Command& command);

  // Writes what the commands of the open transaction have gathered; before its commit.
  void save() {
    ledger_.save(sql_.set_next_ordinal);
    conversations_.save();
  }

  // Delivery receipts that wait for their messages; within a transaction, but for its questions.
  ReceiptBook& receipts() { return receipts_; }

  // What the removal of messages has to tell of conversations that go with them.
  ConversationBook& conversations() { return conversations_; }

  // The keys of the commands; within a transaction, and after its commit.
  KeyLog& keys() { return keys_; }

  // Commands named this many messages that were not dispatching, since the last call.
  std::uint64_t take_left_alone();

  // Messages that were set aside, since the last call.
  std::vector<SetAside> take_set_aside();

  // What the batch being applied has claimed; the caller clears it between batches.
  BatchClaims& batch_claims() { return batch_claims_; }

 private:
  // A message that a provider has, as `inflight` keeps it.
  struct InFlight {
    std::int64_t provider_id = 0;
    domain::Channel channel = domain::Channel::kSms;
    std::int64_t due = 0;
    std::int64_t expires_at = 0;
    std::int64_t attempt = 0;
    std::int64_t spent = 0;
  };
  struct DeliveryRow {
    domain::MessageId id;
    domain::Status status = domain::Status::kPending;
    std::int64_t attempts = 0;
    std::int64_t due = 0;
    std::string_view error_code;
  };
  // A message as an operator's command finds it.
  struct Standing {
    domain::Status status = domain::Status::kPending;
    std::int64_t provider_id = 0;
    domain::Channel channel = domain::Channel::kSms;
    std::int64_t due = 0;       // of a pending one: its place in the queue
    std::int64_t lifetime = 0;  // from its acceptance to its end, in milliseconds
    std::int64_t attempts = 0;
  };
  // How far a claim has come through its provider's queues.
  struct Sweep {
    std::int64_t last_due = 0;
    std::int64_t last_id = 0;
    bool found = false;
    domain::PerChannel<std::uint64_t> taken;
  };

  base::Result<domain::MessageId> accept(const Accept& command);
  base::Result<Claimed> claim(const Claim& command);
  base::Status settle(const Settle& command);
  base::Status release(const Release& command);
  base::Result<std::vector<ExpiredMessage>> expire(const Expire& command);
  base::Result<Received> receive(const Receive& command);
  base::Status cancel(const Cancel& command);
  base::Status retry(const Retry& command);
  base::Result<Retried> retry_many(const RetryMany& command);
  base::Status keep(const Keep& command);

  Sweep collect_due(const Claim& command, const ProviderQueue& queue, Claimed& claimed,
                    std::vector<DeliveryRow>& ended);
  std::optional<domain::ClaimedMessage> read_due(domain::MessageId id) const;
  void end_due(const DeliveryRow& row, const ProviderQueue& queue);
  std::optional<base::WallTime> first_due(const ProviderQueue& queue, domain::ChannelSet channels);
  std::optional<InFlight> find_in_flight(domain::MessageId id);
  void leave_in_flight(domain::MessageId id, const InFlight& flight);
  void settle_one(const Settlement& item, const InFlight& flight);
  void insert_attempt(const Settlement& item);
  void note_sent(const Settlement& item);
  std::optional<Standing> find_standing(domain::MessageId id);
  bool queue_is_full() const { return ledger_.waiting() >= queue_max_; }
  void revive(domain::MessageId id, const Standing& standing);
  void put_ready(domain::MessageId id, const InFlight& entry);
  void write_delivery(const DeliveryRow& row);
  Received::Message receive_message(const domain::NewInbound& message, std::string_view source,
                                    std::int64_t provider_id);
  std::optional<domain::MessageId> find_received(std::string_view source, std::string_view provider_message_id);
  void insert_inbound(domain::MessageId id, const domain::NewInbound& message, std::int64_t provider_id);

  Database& database_;
  QueueLedger& ledger_;
  base::IdSource& ids_;
  const base::Clock& clock_;
  const std::uint64_t queue_max_;
  std::uint64_t left_alone_ = 0;
  base::WallTime now_;  // of the command being applied
  BatchClaims batch_claims_;
  std::vector<SetAside> set_aside_;
  WriteStatements sql_;
  OperatorStatements operator_sql_;
  ConversationBook conversations_;
  ReceiptBook receipts_;
  KeyLog keys_;
};

}  // namespace herald::store
