// Completes every message, and lets an exception out of submit afterwards.
#include <stdexcept>

extern "C" {
#include "well_behaved.h"
}

namespace {

std::int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  idle_submit(instance, batch, completion);
  throw std::runtime_error("after the last completion");
}

}  // namespace

extern "C" std::int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  plugin->submit = submit;
  return HERALD_OK;
}
