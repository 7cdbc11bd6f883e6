// The connections of one reactor, found by token or by what the poller hands back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/connection.h"
#include "http/mailbox.h"

namespace herald::http {

// One thread at a time. An index is given again, a serial never: what was meant for an earlier connection finds
// nothing.
class ConnectionTable {
 public:
  ConnectionToken insert(std::unique_ptr<Connection> connection);
  void erase(ConnectionToken token);

  // Null when it has gone.
  Connection* find(ConnectionToken token);
  // By poll_tag(); null when it has gone.
  Connection* find_tag(std::uint64_t tag);
  // The token of a tag that find_tag() knows.
  ConnectionToken token_of(std::uint64_t tag) const;

  // For the poller: the index and the lower half of the serial. Enough, as a stale report is at most one poll old;
  // never below 2^32, nor with all of its upper half set.
  static std::uint64_t poll_tag(ConnectionToken token);

  std::size_t size() const { return size_; }

  // Calls `visit(token, connection)` for each. It must neither insert nor erase.
  template <typename Visit>
  void for_each(Visit visit) {
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      auto& row = rows_[index];
      if (row.connection) visit(ConnectionToken{static_cast<std::uint32_t>(index), row.serial}, *row.connection);
    }
  }

  void clear();

 private:
  struct Row {
    std::unique_ptr<Connection> connection;
    std::uint64_t serial = 0;
  };

  std::vector<Row> rows_;
  std::vector<std::uint32_t> free_;
  std::uint64_t last_serial_ = 0;
  std::size_t size_ = 0;
};

}  // namespace herald::http
