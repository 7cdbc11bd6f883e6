// What of a request's path may stand in the log. Clients and carriers write what they should not into paths: an address
// in place of an id, the secret of a webhook behind its path.
#pragma once

#include <string>
#include <string_view>

namespace herald::api {

// `path` as it came, without the query. Words of the contract, ids, conversations' numbers and providers' names in
// their places are kept; any other segment is shown as "*", and all that stands behind a webhook as one "*". Pure.
std::string loggable_path(std::string_view path);

}  // namespace herald::api
