#include "store/record_rows.h"

#include "store/message_rows.h"
#include "store/statement.h"

namespace herald::store {
namespace {

// The columns of kRecordColumns, from the first one on.
enum Column : int {
  kDirection,
  kOrdinal,
  kAcceptedAt,
  kExpiresAt,
  kProvider,
  kReceivedAs,
  kStatus,
  kDue,
  kErrorCode,
  kUpdatedAt,
  kClaimedAt,
  kContent,
};

// Where the message stands, from which of its rows are there.
void read_state(const Statement& row, int first, domain::MessageRecord& record) {
  const bool has_delivery = !row.is_null(first + kStatus);
  const bool in_flight = !row.is_null(first + kClaimedAt);
  record.updated_at = record.accepted_at;
  if (has_delivery) {
    record.status = status_of(row.number(first + kStatus));
    record.error_code = row.text(first + kErrorCode);
    record.updated_at = row.time(first + kUpdatedAt);
  } else {
    record.status =
        record.direction == domain::Direction::kInbound ? domain::Status::kReceived : domain::Status::kPending;
  }
  if (in_flight) {
    record.status = domain::Status::kDispatching;
    record.updated_at = row.time(first + kClaimedAt);
  }
  if (record.status == domain::Status::kPending) {
    record.next_attempt_at = has_delivery ? row.time(first + kDue) : record.accepted_at;
  }
}

}  // namespace

domain::MessageRecord read_record(const Statement& row, int first_column, domain::MessageId id) {
  domain::MessageRecord record;
  record.id = id;
  record.direction = direction_of(row.number(first_column + kDirection));
  record.accepted_at = row.time(first_column + kAcceptedAt);
  // An inbound message has neither an ordinal nor an end: both are left at zero.
  if (record.direction == domain::Direction::kOutbound) {
    record.ordinal = static_cast<std::uint64_t>(row.number(first_column + kOrdinal));
    record.expires_at = row.time(first_column + kExpiresAt);
  }
  record.provider = row.text(first_column + kProvider);
  record.provider_message_id = row.text(first_column + kReceivedAs);
  record.content = read_content(row, first_column + kContent);
  record.request_id = read_request_id(row, first_column + kContent);
  read_state(row, first_column, record);
  return record;
}

}  // namespace herald::store
