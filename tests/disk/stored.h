// What a database file says, read by plain SQL: independent of the store's own reading, and compared with the model's.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace herald::disk {

// Messages bear a token of the load's own, since an id that was never answered is known to nobody.
struct State {
  std::map<std::string, std::string> messages;  // by token: status, provider, attempts, and what goes with the status
  std::map<std::string, std::string> keys;      // idempotency key to token
  std::map<std::string, std::string> kept;
  std::set<std::string> early;  // receipts that wait for their message

  bool operator==(const State&) const = default;
};

// The first few differences, a line each.
std::string difference(const State& expected, const State& found);

struct Stored {
  State state;
  std::map<std::string, std::int64_t> ids;   // by token
  std::map<std::string, std::int64_t> used;  // by key: when it was used, in milliseconds since the epoch
  std::vector<std::string> faults;  // what cannot be in a sound file: a message in two states, a key without one
};

// Reads the file beside whatever connections are open. Throws std::runtime_error when it cannot be read.
Stored read_stored(const std::string& database);

// Of a file that nobody has open: PRAGMA integrity_check, "ok" when it is sound.
std::string integrity_of(const std::string& database);

// How a message's state is told in State.
std::string told(int status, const std::string& provider, std::int64_t attempts, std::int64_t due,
                 const std::string& error);

}  // namespace herald::disk
