// A shared library in this process. Loading is for good: nothing is ever unloaded, since threads, thread-local
// destructors and handlers of a library may outlive any moment at which the host could think it idle.
#pragma once

#include <filesystem>
#include <string_view>

#include <herald/abi.h>

#include "base/result.h"

namespace herald::providers {

// A copyable view of a library that stays loaded until the process ends. Any thread may use it.
class Library {
 public:
  // Loads `file` with NOW | LOCAL | NODELETE. `file` must be absolute. Runs the library's initialisers on the calling
  // thread. `shown_as` names the file in the error, which carries the loader's own reason;
  // kExhausted when the system was short of something for now.
  static base::Result<Library> load(const std::filesystem::path& file, std::string_view shown_as);

  // The plugin's one function; an error when the library does not export it.
  base::Result<herald_plugin_entry_fn> entry() const;

 private:
  struct Loaded;
  explicit Library(const Loaded* loaded) : loaded_(loaded) {}

  const Loaded* loaded_;  // lives until the process ends
};

}  // namespace herald::providers
