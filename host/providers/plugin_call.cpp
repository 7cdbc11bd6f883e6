#include "providers/plugin_call.h"

#include <herald/abi.h>

namespace herald::providers {
namespace {

std::string_view meaning_of(std::int32_t result) {
  switch (result) {
    case HERALD_OK:
      return "HERALD_OK";
    case HERALD_E_INVALID:
      return "HERALD_E_INVALID";
    case HERALD_E_STATE:
      return "HERALD_E_STATE";
    case HERALD_E_UNAVAILABLE:
      return "HERALD_E_UNAVAILABLE";
    case HERALD_E_UNSUPPORTED:
      return "HERALD_E_UNSUPPORTED";
    case HERALD_E_INTERNAL:
      return "HERALD_E_INTERNAL";
    case HERALD_E_TIMEOUT:
      return "HERALD_E_TIMEOUT";
    default:
      return "an unknown result";
  }
}

}  // namespace

std::string described(std::string_view function, const std::optional<std::int32_t>& result) {
  std::string text = "its " + std::string(function);
  if (!result) return text + " threw an exception; no exception may leave a plugin";
  return text + " returned " + std::to_string(*result) + " (" + std::string(meaning_of(*result)) + ")";
}

}  // namespace herald::providers
