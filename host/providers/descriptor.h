// What a plugin says that it is, checked and copied out of its memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/channel.h"
#include "domain/ports.h"

namespace herald::providers {

enum class ThreadModel : std::uint8_t { kAsync = 1, kBlocking = 2 };  // HERALD_THREADS_*

// Owned by the host; valid whatever becomes of the library.
struct Descriptor {
  std::string name;
  std::string version;
  std::string sdk_version;
  std::string description;
  std::string config_schema;  // empty: any object
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::vector<domain::Channel> channels;  // the known ones, each once, at least one
  ThreadModel thread_model = ThreadModel::kAsync;
  std::uint32_t max_batch = 1;
  std::uint32_t max_in_flight = 1;

  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

// Passes when every field keeps the rules of abi.h. The error names the field, what was found and what is allowed.
base::Status check(const Descriptor& descriptor);

// As operators see a plugin; the state and the active channels are the registry's to say.
domain::ProviderInfo info_of(const Descriptor& descriptor, std::string file_name);

}  // namespace herald::providers
