/* The least that a plugin can do with a message: completes each inside submit, and touches nothing else. */
#define PLUGIN_NAME "null"
#include "abi/well_behaved.h"

int32_t herald_plugin_entry(herald_plugin* plugin) {
  static herald_str channels[1];
  channels[0] = str_of("sms");
  describe_well(plugin);
  plugin->channels = channels;
  plugin->channel_count = 1;
  plugin->description = str_of("Completes everything at once.");
  plugin->max_batch = 64;
  plugin->max_in_flight = 4096;
  return HERALD_OK;
}
