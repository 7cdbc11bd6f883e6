// What stands on the disk, read past the host: the tables themselves.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/lifecycle.h"
#include "store/database.h"
#include "store/statement.h"

namespace herald::simulation {

struct StoredAttempt {
  std::uint32_t number = 0;
  int outcome = 0;
  std::string provider_message_id;
};

struct StoredMessage {
  std::int64_t id = 0;
  bool inbound = false;
  std::string provider;
  std::string body;
  std::int64_t ordinal = -1;
  std::int64_t conversations = 0;  // that hold it
  int places = 0;                  // of ready, inflight, settled
  domain::Status status = domain::Status::kReceived;
  base::WallTime due;  // while it waits or is in flight
  base::WallTime expires_at;
  std::uint32_t attempt = 0;  // the next one, or the one under way; of a settled one: how many there were
  std::uint32_t spent = 0;
  std::string error_code;
  std::vector<StoredAttempt> attempts;
};

struct StoredQueue {
  std::uint64_t waiting = 0;
  std::uint64_t dispatching = 0;
};

class Stored {
 public:
  // Throws store::SqliteError, as the other functions do. One thread.
  Stored(const std::string& path, const std::string& vfs);

  // By id.
  std::map<std::int64_t, StoredMessage> messages();
  std::map<std::string, StoredQueue> queues();
  // The attempt of a message that is in flight.
  std::optional<std::uint32_t> in_flight(std::int64_t id);
  // Conversations whose counter is not the number of their messages.
  std::int64_t wrong_counters();
  // What SQLite says of the file; "ok".
  std::string integrity();
  // As the writer does when the log has grown.
  void checkpoint();

 private:
  void read_places(std::map<std::int64_t, StoredMessage>& messages);
  void read_deliveries(std::map<std::int64_t, StoredMessage>& messages);

  store::Database database_;
  store::Statement messages_;
  store::Statement conversations_;
  store::Statement ready_;
  store::Statement inflight_;
  store::Statement deliveries_;
  store::Statement attempts_;
  store::Statement one_in_flight_;
  store::Statement wrong_counters_;
};

}  // namespace herald::simulation
