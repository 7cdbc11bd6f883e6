#include "store/operator_statements.h"

#include "store/database.h"

namespace herald::store {
namespace {

constexpr const char* kSelectStanding =
    "SELECT m.provider_id, m.accepted_at, m.expires_at, m.direction, d.status, d.due, d.attempts, f.claimed_at,"
    " m.channel"
    " FROM message m LEFT JOIN delivery d ON d.message_id = m.id LEFT JOIN inflight f ON f.message_id = m.id"
    " WHERE m.id = ?1";

constexpr const char* kDeleteReady =
    "DELETE FROM ready WHERE provider_id = ?1 AND channel = ?2 AND due = ?3 AND message_id = ?4";

constexpr const char* kReviveDelivery =
    "UPDATE delivery SET status = ?2, due = ?3, expires_at = ?4, spent = attempts, error_code = '', updated_at = ?3"
    " WHERE message_id = ?1";

// The list of states is the index's own condition: without it the planner may not use the index. A delivery without its
// message takes part, so that what one command looks at is bounded.
constexpr const char* kSelectEnded =
    "SELECT d.message_id, m.provider_id, m.accepted_at, m.expires_at, d.attempts, d.error_code, m.channel"
    " FROM delivery d INDEXED BY delivery_ended LEFT JOIN message m ON m.id = d.message_id"
    " WHERE d.status = ?1 AND d.status IN (5, 6, 7) AND d.message_id > ?2 ORDER BY d.message_id LIMIT ?3";

}  // namespace

OperatorStatements::OperatorStatements(Database& database)
    : select_standing(database, kSelectStanding),
      delete_ready(database, kDeleteReady),
      revive_delivery(database, kReviveDelivery),
      select_ended(database, kSelectEnded) {}

}  // namespace herald::store
