// Sound plugins that did not start, as they may with another configuration.
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

  FailedStarts() = default;
  virtual ~FailedStarts() = default;
  FailedStarts(const FailedStarts&) = delete;
  FailedStarts& operator=(const FailedStarts&) = delete;

  // The configuration's schema of the plugin that would run under this name, had it started. Nothing when the name is
  // that of a provider that runs, or of no sound plugin.
  virtual std::optional<std::string> schema_of(const std::string& name) const = 0;

  // Starts that plugin with `config`, which is valid against its schema, has `keep` keep it, and lets the provider
  // take part. The plugin's refusal is the error, as of Launch::start_with, and its new reason to be listed; keep's
  // error leaves everything as it was.
  virtual base::Status try_again(const std::string& name, const std::string& config, const Keep& keep) = 0;
};

}  // namespace herald::providers
