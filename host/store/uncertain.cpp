#include "store/uncertain.h"

#include "domain/lifecycle.h"
#include "store/database.h"
#include "store/statement.h"
#include "store/transaction.h"

namespace herald::store {
namespace {

// The due time stays, so that a pending message stands in `ready` where its other rows say that it does; it was due.
constexpr const char* kResend =
    "INSERT INTO ready(provider_id, due, message_id, expires_at, attempt)"
    " SELECT provider_id, due, message_id, expires_at, attempt FROM inflight";

// "WHERE true" keeps the parser from reading ON CONFLICT as part of a join.
constexpr const char* kHold =
    "INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at)"
    " SELECT message_id, ?1, attempt - 1, due, 'uncertain', ?2 FROM inflight WHERE true"
    " ON CONFLICT(message_id) DO UPDATE SET status = excluded.status, error_code = excluded.error_code,"
    " updated_at = excluded.updated_at";

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

}  // namespace herald::store
