#include "store/uncertain.h"

#include "domain/lifecycle.h"
#include "store/database.h"
#include "store/statement.h"
#include "store/transaction.h"

namespace herald::store {
namespace {

// The due time stays, so that a pending message stands in `ready` where its other rows say that it does; it was due.
constexpr const char* kResend =
    "INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent)"
    " SELECT provider_id, channel, due, message_id, expires_at, attempt, spent FROM inflight";

// What was spent stays in the delivery row, which a message has from its first retry on. "WHERE true" keeps the parser
// from reading ON CONFLICT as part of a join.
constexpr const char* kHold =
    "INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at)"
    " SELECT message_id, ?1, attempt - 1, due, 'uncertain', ?2 FROM inflight WHERE true"
    " ON CONFLICT(message_id) DO UPDATE SET status = excluded.status, error_code = excluded.error_code,"
    " updated_at = excluded.updated_at";

constexpr const char* kPutBack =
    "INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent)"
    " SELECT provider_id, channel, due, message_id, expires_at, attempt, spent FROM inflight"
    " WHERE message_id = ?1 AND attempt = ?2";

}  // namespace

std::int64_t resolve_uncertain(Database& database, UncertainPolicy policy, base::WallTime now) {
  Transaction transaction(database);
  if (policy == UncertainPolicy::kResend) {
    Statement(database, kResend).run();
  } else {
    Statement(database, kHold).bind(1, static_cast<std::int64_t>(domain::Status::kFailed)).bind(2, now).run();
  }
  const auto count = Statement(database, "DELETE FROM inflight").run();
  transaction.commit();
  return count;
}

std::int64_t put_back(Database& database, std::span<const MessageClaim> claims) {
  Transaction transaction(database);
  Statement insert(database, kPutBack);
  Statement remove(database, "DELETE FROM inflight WHERE message_id = ?1 AND attempt = ?2");
  std::int64_t count = 0;
  for (const auto& claim : claims) {
    const auto attempt = static_cast<std::int64_t>(claim.attempt);
    insert.bind(1, claim.id.value()).bind(2, attempt).run();
    count += remove.bind(1, claim.id.value()).bind(2, attempt).run();
  }
  transaction.commit();
  return count;
}

}  // namespace herald::store
