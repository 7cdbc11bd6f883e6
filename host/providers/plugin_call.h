// Calls into a plugin: what it throws ends here, and what it returns is put into words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace herald::providers {

// What `call` returns; nothing when it throws. The exception is not looked at: it may come from another C++ library.
template <typename Call>
auto contained(Call call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (...) {
    return std::nullopt;
  }
}

bool contained_void(const auto& call) {
  return contained([&call] {
           call();
           return true;
         })
      .has_value();
}

// "its start returned -3 (HERALD_E_UNAVAILABLE)"; without a result it threw.
std::string described(std::string_view function, const std::optional<std::int32_t>& result);

}  // namespace herald::providers
