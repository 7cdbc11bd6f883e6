// What a reader asks of keys that have left the log, and of what was kept, on one connection. Internal to the store
// room.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "store/statement.h"
#include "store/store.h"

namespace herald::store {

// Used by its connection's thread, each function within one read transaction. Functions throw SqliteError.
class KeyReads {
 public:
  explicit KeyReads(Database& database);

  // The newest use of `key` at `not_before` or later, in any bucket.
  std::optional<KeyUse> find(const domain::Digest& key, base::WallTime not_before);
  std::map<std::string, std::string> kept();

 private:
  Statement find_;
  Statement kept_;
};

}  // namespace herald::store
