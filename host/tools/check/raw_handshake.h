// The call of herald_plugin_entry as hosts of other versions make it.
#pragma once

#include <cstdint>
#include <string>

#include <herald/abi.h>

#include "tools/check/verdict.h"

namespace herald::tools::check {

struct RawDescriptor {
  std::int32_t result = HERALD_OK;
  std::uint32_t struct_size = 0;  // as the plugin set it
  herald_plugin plugin{};         // as far as it was filled and this host knows it, zero beyond
  bool clean_beyond = true;       // no byte behind what struct_size says was changed
};

// Hands over a structure of `size` bytes (at least 4) that ends at a guard page: what writes beyond it dies.
RawDescriptor call_entry(herald_plugin_entry_fn entry, std::uint32_t size);

// Why the two differ; empty when they say the same.
std::string difference(const herald_plugin& one, const herald_plugin& other);

}  // namespace herald::tools::check
