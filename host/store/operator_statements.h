// The statements of operators' commands, prepared once a connection. Internal to the store room.
#pragma once

#include "store/statement.h"

namespace herald::store {

// Lives no longer than its database; used by that connection's thread.
struct OperatorStatements {
  explicit OperatorStatements(Database& database);

  Statement select_standing;
  Statement delete_ready;
  Statement revive_delivery;
  Statement select_ended;
};

}  // namespace herald::store
