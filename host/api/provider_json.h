// A provider as operators see it.
#pragma once

#include <string>
#include <vector>

#include "api/provider_view.h"

namespace herald::api {

// One JSON object. Any thread.
std::string provider_json(const ProviderView& provider);

// {"items":[…]}.
std::string providers_json(const std::vector<ProviderView>& providers);

}  // namespace herald::api
