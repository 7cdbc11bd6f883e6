// `herald key`: makes, lists and revokes the keys of a keys file, while the host that reads it runs or not.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "access/key.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "config/settings.h"

namespace herald::tools {

struct KeyCommand {
  enum class Action { kCreate, kList, kRevoke };
  Action action = Action::kList;
  std::string subject = {};                   // of create: the key's name; of revoke: its id
  std::optional<access::Scopes> scopes = {};  // of create
  std::string expires = "never";              // of create: "never", "90d" or RFC 3339
  bool json = false;                          // of list
  std::vector<std::string> settings = {};     // for config::load
};

// `arguments` behind `herald key`. The error (kInvalid) is fit to be printed.
base::Result<KeyCommand> parse_key_command(std::vector<std::string> arguments);

// What the command takes from the machine.
struct KeySurroundings {
  const base::Clock& clock;
  base::Entropy (*entropy)();
};

// The secret of a new key, or the list, goes to `out` and nothing else does; words for people to `err`. The exit
// status.
int run_key_command(const KeyCommand& command, const config::Settings& settings, const KeySurroundings& surroundings,
                    std::ostream& out, std::ostream& err);

}  // namespace herald::tools
