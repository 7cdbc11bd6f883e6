// A write transaction that takes itself back unless it was committed. Internal to the store room.
#pragma once

namespace herald::store {

class Database;

class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Throws SqliteError; what was to be committed is then taken back.
  void commit();

 private:
  Database& database_;
};

}  // namespace herald::store
