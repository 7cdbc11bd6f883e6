/* A provider in plain C, built by every C compiler that is at hand. */
#include <stdio.h>

#include "well_behaved.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const uint32_t count = batch->count; /* the batch may be gone once its last message is completed */
  (void)instance;
  for (uint32_t i = 0; i < count; ++i) {
    const herald_message* message = herald_batch_at(batch, i);
    char id[64];
    herald_outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    snprintf(id, sizeof id, "%s-%u-1.5", PLUGIN_NAME, (unsigned)message->attempt);
    outcome.struct_size = sizeof outcome;
    outcome.code = HERALD_OUTCOME_SUCCESS;
    outcome.provider_message_id = str_of(id);
    completion->complete(completion->context, message->item, &outcome);
  }
  return HERALD_OK;
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  static herald_str channels[3];
  channels[0] = str_of("sms");
  channels[1] = str_of("mms");
  channels[2] = str_of("email");
  describe_well(plugin);
  plugin->channels = channels;
  plugin->channel_count = 3;
  plugin->submit = submit;
  return HERALD_OK;
}
