// Lets an exception out of the function that the build names as THROWS_IN.
#include <stdexcept>
#include <string_view>

extern "C" {
#include "well_behaved.h"
}

namespace {

void perhaps_throw(std::string_view here) {
  if (here == THROWS_IN) throw std::runtime_error("out of a plugin");
}

herald_instance create(const herald_host* host) {
  perhaps_throw("create");
  return idle_create(host);
}

std::int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  perhaps_throw("configure");
  return idle_configure(instance, json, error);
}

std::int32_t start(herald_instance instance) {
  perhaps_throw("start");
  return idle_start(instance);
}

std::int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  perhaps_throw("submit");
  return idle_submit(instance, batch, completion);
}

std::int32_t drain(herald_instance instance, std::int64_t deadline_ns) {
  perhaps_throw("drain");
  return idle_drain(instance, deadline_ns);
}

void stop(herald_instance) {
  perhaps_throw("stop");
}

void destroy(herald_instance) {
  perhaps_throw("destroy");
}

std::int32_t handle(herald_instance, const herald_webhook_request*, const herald_webhook_exchange*) {
  perhaps_throw("handle");
  return HERALD_OK;
}

const void* extension(herald_str id) {
  static const herald_webhook webhook{sizeof webhook, 0, handle};
  perhaps_throw("extension");
  return std::string_view(id.data, id.size) == HERALD_EXT_WEBHOOK ? &webhook : nullptr;
}

}  // namespace

extern "C" std::int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  perhaps_throw("entry");
  plugin->create = create;
  plugin->configure = configure;
  plugin->start = start;
  plugin->submit = submit;
  plugin->drain = drain;
  plugin->stop = stop;
  plugin->destroy = destroy;
  plugin->extension = extension;
  return HERALD_OK;
}
