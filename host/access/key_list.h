// The keys of a keys file: text that people may read, a line a key, lines that begin with "#" for themselves.
//
//   <id> <SHA-256 of the secret> <scopes> <made> <expires, or "never"> <name>
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "access/key.h"
#include "base/result.h"

namespace herald::access {

// Immutable once it is shared; then any thread.
class KeyList {
 public:
  // kInvalid names the line; it shows nothing of what stands there, for that could be a secret put in the wrong place.
  static base::Result<KeyList> parse(std::string_view text);

  std::string text() const;

  const std::map<std::string, Key, std::less<>>& keys() const { return keys_; }
  void add(Key key);
  bool remove(std::string_view id);

  // The key of this secret, expired or not; null where there is none. Takes the same time for a wrong secret of a key
  // that is there as for one of a key that is not.
  const Key* find(std::string_view secret) const;

 private:
  std::map<std::string, Key, std::less<>> keys_;  // by id
};

}  // namespace herald::access
