// Sound plugins that did not start, as they may with another configuration: newcomers, and successors of providers that
// run.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace herald::providers {

// The control thread alone.
class FailedStarts {
 public:
  using Keep = std::function<base::Status(const std::string& config)>;
  using Done = std::function<void(base::Status)>;

  // A plugin that would run under a name, had it started.
  struct Waiting {
    std::string version;
    std::string file_name;
    std::string schema;   // its configuration's
    bool starts = false;  // at this moment
  };

  FailedStarts() = default;
  virtual ~FailedStarts() = default;
  FailedStarts(const FailedStarts&) = delete;
  FailedStarts& operator=(const FailedStarts&) = delete;

  // Nothing when what should run under this name does. A successor waits only when it was its configuration's fault.
  virtual std::optional<Waiting> waiting(const std::string& name) const = 0;

  // Starts that plugin, which does not start at this moment, with `config`, which is valid against its schema; has
  // `keep` keep it, and lets it take part, or take over. Does not wait for it: `done` is called once, on the control
  // thread or, when the host stops, on any. The plugin's refusal is the error, as of Launch::start, and its new reason
  // to be listed; keep's error leaves everything as it was.
  virtual void try_again(const std::string& name, const std::string& config, Keep keep, Done done) = 0;

  // Tries that plugin again, if there is one, with what is its due by now. Waits for nothing.
  virtual void retry(const std::string& name) = 0;
};

}  // namespace herald::providers
