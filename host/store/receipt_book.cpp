#include "store/receipt_book.h"

#include <string>
#include <utility>
#include <vector>

#include "store/database.h"

namespace herald::store {
namespace {

// Shown as the reason of a failure for which the carrier gave none.
constexpr std::string_view kUndelivered = "undelivered";

constexpr const char* kUpsertSent =
    "INSERT INTO sent(provider_id, provider_message_id, message_id, attempt) VALUES(?1, ?2, ?3, ?4)"
    " ON CONFLICT(provider_id, provider_message_id) DO UPDATE SET message_id = excluded.message_id,"
    " attempt = excluded.attempt";
constexpr const char* kSelectSent =
    "SELECT message_id, attempt FROM sent WHERE provider_id = ?1 AND provider_message_id = ?2";

// An attempt that is not the last one was followed by an operator's retry; a message in any other status has its final
// word already, or is on its way again.
constexpr const char* kUpdateDelivery =
    "UPDATE delivery SET status = ?4, error_code = ?5, updated_at = ?6"
    " WHERE message_id = ?1 AND attempts = ?2 AND status = ?3";

constexpr const char* kInsertEarly =
    "INSERT INTO early_receipt(provider_id, provider_message_id, delivered, error_code, received_at)"
    " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
constexpr const char* kTakeEarly =
    "DELETE FROM early_receipt WHERE provider_id = ?1 AND provider_message_id = ?2 RETURNING delivered, error_code";
constexpr const char* kSelectOldest =
    "SELECT provider_id, provider_message_id FROM early_receipt WHERE received_at < ?1 ORDER BY received_at LIMIT ?2";
constexpr const char* kDeleteEarly = "DELETE FROM early_receipt WHERE provider_id = ?1 AND provider_message_id = ?2";

}  // namespace

ReceiptBook::ReceiptBook(Database& database)
    : upsert_sent_(database, kUpsertSent),
      select_sent_(database, kSelectSent),
      update_delivery_(database, kUpdateDelivery),
      insert_early_(database, kInsertEarly),
      take_early_(database, kTakeEarly),
      select_oldest_(database, kSelectOldest),
      delete_early_(database, kDeleteEarly),
      parked_(static_cast<std::uint64_t>(database.query_number("SELECT count(*) FROM early_receipt"))) {}

void ReceiptBook::sent(const SentMessage& sent, base::WallTime now) {
  upsert_sent_.bind(1, sent.provider_id)
      .bind(2, sent.provider_message_id)
      .bind(3, sent.message.value())
      .bind(4, sent.attempt)
      .run();
  if (parked_ == 0) return;
  bool delivered = false;
  std::string error_code;
  {
    const StatementScope scope(take_early_);
    if (!take_early_.bind(1, sent.provider_id).bind(2, sent.provider_message_id).step()) return;
    delivered = take_early_.number(0) != 0;
    error_code = take_early_.text(1);
    // A statement that gives back what it deletes has deleted only once it was stepped to its end.
    while (take_early_.step())
      continue;
  }
  --parked_;
  apply({sent.message.value(), sent.attempt}, delivered, error_code, now);
}

ReceiptFate ReceiptBook::receive(std::int64_t provider_id, const domain::Receipt& receipt, base::WallTime now) {
  if (receipt.provider_message_id.empty()) return ReceiptFate::kIgnored;
  const auto place = find(provider_id, receipt.provider_message_id);
  if (!place) return park(provider_id, receipt, now);
  return apply(*place, receipt.delivered, receipt.error_code, now) ? ReceiptFate::kApplied : ReceiptFate::kIgnored;
}

std::uint64_t ReceiptBook::remove_old(base::WallTime now, std::size_t most) {
  return remove_oldest(now - kParkedAtMost, most);
}

bool ReceiptBook::has_old(base::WallTime now) {
  if (parked_ == 0) return false;
  const StatementScope scope(select_oldest_);
  return select_oldest_.bind(1, now - kParkedAtMost).bind(2, 1).step();
}

std::uint64_t ReceiptBook::take_displaced() {
  return std::exchange(displaced_, 0);
}

std::optional<ReceiptBook::Place> ReceiptBook::find(std::int64_t provider_id, std::string_view provider_message_id) {
  const StatementScope scope(select_sent_);
  if (!select_sent_.bind(1, provider_id).bind(2, provider_message_id).step()) return std::nullopt;
  return Place{select_sent_.number(0), select_sent_.number(1)};
}

bool ReceiptBook::apply(const Place& place, bool delivered, std::string_view error_code, base::WallTime now) {
  const auto status = delivered ? domain::Status::kDelivered : domain::Status::kFailed;
  std::string_view reason;
  if (!delivered) reason = error_code.empty() ? kUndelivered : error_code;
  return update_delivery_.bind(1, place.message_id)
             .bind(2, place.attempt)
             .bind(3, static_cast<std::int64_t>(domain::Status::kDispatched))
             .bind(4, static_cast<std::int64_t>(status))
             .bind(5, reason)
             .bind(6, now)
             .run() > 0;
}

ReceiptFate ReceiptBook::park(std::int64_t provider_id, const domain::Receipt& receipt, base::WallTime now) {
  const auto inserted = insert_early_.bind(1, provider_id)
                            .bind(2, receipt.provider_message_id)
                            .bind(3, static_cast<std::int64_t>(receipt.delivered))
                            .bind(4, receipt.error_code)
                            .bind(5, now)
                            .run();
  if (inserted == 0) return ReceiptFate::kIgnored;
  ++parked_;
  if (parked_ > kMostParked) displaced_ += remove_oldest(base::WallTime::max(), 1);
  return ReceiptFate::kParked;
}

// Found first and then deleted one by one: in one statement SQLite would look through all of a provider's rows.
std::uint64_t ReceiptBook::remove_oldest(base::WallTime before, std::size_t most) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  {
    const StatementScope scope(select_oldest_);
    select_oldest_.bind(1, before).bind(2, static_cast<std::int64_t>(most));
    while (select_oldest_.step())
      found.emplace_back(select_oldest_.number(0), select_oldest_.text(1));
  }
  for (const auto& [provider_id, provider_message_id] : found)
    delete_early_.bind(1, provider_id).bind(2, provider_message_id).run();
  parked_ -= found.size();
  return found.size();
}

}  // namespace herald::store
