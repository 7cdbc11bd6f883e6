/* Has a setting, and takes whatever it is given for it. */
#include "provider.h"

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  (void)json;
  return good_configure(instance, str_of("{}"), error);
}

PROVIDER("takes-any-config", plugin.configure = configure;
         plugin.config_schema = str_of("{\"type\": \"object\", \"properties\": {\"url\": {\"type\": \"string\"}}}"));
