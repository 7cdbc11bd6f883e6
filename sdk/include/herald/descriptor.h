// What the plugin's descriptor is made of, checked while it compiles.
#ifndef HERALD_DESCRIPTOR_H
#define HERALD_DESCRIPTOR_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <herald/abi.h>
#include <herald/message.h>

namespace herald {
namespace detail {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// [a-z][a-z0-9-]{0,31}
constexpr bool is_plugin_name(std::string_view name) {
  if (name.empty() || name.size() > 32 || !is_lower(name[0])) return false;
  for (const char c : name) {
    if (!is_lower(c) && !is_digit(c) && c != '-') return false;
  }
  return true;
}

// MAJOR.MINOR.PATCH without leading zeros, and perhaps a pre-release or build of letters, digits, '.', '-' and '+'
// (Semantic Versioning 2.0.0, sections 2, 9 and 10; empty identifiers between dots are not looked for).
constexpr bool is_version(std::string_view version) {
  std::size_t at = 0;
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && (at >= version.size() || version[at++] != '.')) return false;
    const std::size_t begin = at;
    while (at < version.size() && is_digit(version[at]))
      ++at;
    if (at == begin || (version[begin] == '0' && at - begin > 1)) return false;
  }
  if (at == version.size()) return true;
  if ((version[at] != '-' && version[at] != '+') || at + 1 == version.size()) return false;
  for (const char c : version.substr(at)) {
    const bool letter = is_lower(c) || (c >= 'A' && c <= 'Z');
    if (!letter && !is_digit(c) && c != '.' && c != '-' && c != '+') return false;
  }
  return true;
}

template <typename... Names>
constexpr std::array<herald_str, sizeof...(Names)> channel_names(const Names&... names) {
  return {{herald_str{std::string_view(names).data(), std::string_view(names).size()}...}};
}

template <std::size_t Count>
constexpr bool are_channels(const std::array<herald_str, Count>& channels) {
  for (std::size_t index = 0; index < Count; ++index) {
    const std::string_view name(channels[index].data, channels[index].size);
    if (name != "sms" && name != "mms" && name != "email") return false;
  }
  return Count > 0;
}

// What HERALD_PLUGIN names. Every text is a literal, so the pointers are valid while the library is loaded.
struct Identity {
  std::string_view name;
  std::string_view version;
  const herald_str* channels;
  std::uint32_t channel_count;

  void fill(herald_plugin& plugin) const noexcept {
    plugin.magic = HERALD_ABI_MAGIC;
    plugin.abi_major = HERALD_ABI_MAJOR;
    plugin.abi_minor = HERALD_ABI_MINOR;
    plugin.name = as_str(name);
    plugin.version = as_str(version);
    plugin.sdk_version = as_str(HERALD_SDK_VERSION);
    plugin.channels = channels;
    plugin.channel_count = channel_count;
  }
};

// Copies no more than the host's structure can take. One that ends before a member of version 1.0 belongs to no host
// that could run the plugin.
inline std::int32_t hand_over(herald_plugin plugin, herald_plugin* into) noexcept {
  if (into == nullptr) return HERALD_E_INVALID;
  const std::uint32_t room = into->struct_size;
  if (room < sizeof into->struct_size) return HERALD_E_UNSUPPORTED;
  plugin.struct_size = room < sizeof plugin ? room : static_cast<std::uint32_t>(sizeof plugin);
  std::memcpy(static_cast<void*>(into), &plugin, plugin.struct_size);
  return room < offsetof(herald_plugin, extension) + sizeof plugin.extension ? HERALD_E_UNSUPPORTED : HERALD_OK;
}

}  // namespace detail
}  // namespace herald

#endif  // HERALD_DESCRIPTOR_H
