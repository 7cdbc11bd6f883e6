// The statements that change the database, prepared once a connection. Internal to the store room.
#pragma once

#include "store/statement.h"

namespace herald::store {

// Lives no longer than its database; used by that connection's thread.
struct WriteStatements {
  explicit WriteStatements(Database& database);

  Statement insert_message;
  Statement insert_ready;
  Statement select_due;
  Statement select_first_due;
  Statement claim_ready;
  Statement delete_due;
  Statement select_in_flight;
  Statement delete_in_flight;
  Statement insert_attempt;
  Statement upsert_delivery;
  Statement select_place;
  Statement delete_expired;
  Statement insert_received;
  Statement select_received;
  Statement set_next_ordinal;
};

}  // namespace herald::store
