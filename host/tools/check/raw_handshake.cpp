#include "tools/check/raw_handshake.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "providers/plain_text.h"
#include "tools/check/guarded_memory.h"
#include "tools/check/sanitized.h"

namespace herald::tools::check {

RawDescriptor call_entry(herald_plugin_entry_fn entry, std::uint32_t size) {
  // A structure that ends at the guard page begins at no multiple of 8 when its size is none, which a sanitizer takes
  // for a fault of the plugin's: there the page stands up to 7 bytes behind.
  constexpr std::size_t kAlignment = alignof(herald_plugin);
  const GuardedMemory room(kSanitized ? (size + kAlignment - 1) / kAlignment * kAlignment : size, 0);
  std::memcpy(room.data(), &size, sizeof size);
  RawDescriptor raw;
  raw.result = entry(reinterpret_cast<herald_plugin*>(room.data()));
  std::memcpy(&raw.struct_size, room.data(), sizeof raw.struct_size);
  const auto filled = std::min<std::size_t>(raw.struct_size, size);
  std::memcpy(&raw.plugin, room.data(), std::min(filled, sizeof raw.plugin));
  raw.clean_beyond = std::all_of(room.data() + std::max(filled, sizeof size), room.data() + size,
                                 [](std::byte byte) { return byte == std::byte{0}; });
  return raw;
}

std::string difference(const herald_plugin& one, const herald_plugin& other) {
  using providers::view_of;
  if (one.abi_major != other.abi_major || one.abi_minor != other.abi_minor || one.magic != other.magic)
    return "the magic number or the version";
  if (view_of(one.name) != view_of(other.name)) return "the name";
  if (view_of(one.version) != view_of(other.version)) return "the version";
  if (view_of(one.sdk_version) != view_of(other.sdk_version)) return "sdk_version";
  if (view_of(one.description) != view_of(other.description)) return "the description";
  if (view_of(one.config_schema) != view_of(other.config_schema)) return "config_schema";
  if (one.thread_model != other.thread_model || one.max_batch != other.max_batch ||
      one.max_in_flight != other.max_in_flight)
    return "the thread model or a limit";
  if (one.channel_count != other.channel_count) return "the number of channels";
  for (std::uint32_t i = 0; i < one.channel_count; ++i) {
    if (view_of(one.channels[i]) != view_of(other.channels[i])) return "the channels";
  }
  const bool same_calls = one.create == other.create && one.configure == other.configure && one.start == other.start &&
                          one.submit == other.submit && one.drain == other.drain && one.stop == other.stop &&
                          one.destroy == other.destroy && one.extension == other.extension;
  return same_calls ? "" : "a function";
}

}  // namespace herald::tools::check
