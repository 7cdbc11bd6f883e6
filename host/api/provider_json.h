// Providers as operators see them.
#pragma once

#include <string>
#include <vector>

#include "api/provider_view.h"

namespace herald::api {

// One JSON object. Any thread.
std::string provider_json(const ProviderView& provider);

// What /readyz says of a host that is ready: {"status":"ready"}, with "stalled_providers" where there are any.
std::string ready_json(const std::vector<std::string>& stalled_providers);

// {"items":[…]}.
std::string providers_json(const std::vector<ProviderView>& providers);

}  // namespace herald::api
