#include "providers/handshake.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "providers/config_schema.h"
#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using base::ErrorCode;

// What is needed to tell whether the rest can be understood: struct_size, magic, major, minor.
constexpr std::uint32_t kLeastSize = offsetof(herald_plugin, name);
// Room behind the structure, so that a plugin which writes beyond what it was given hits nothing of the host's.
constexpr std::size_t kRoom = 4096;
constexpr std::uint32_t kMaxChannels = 64;
constexpr std::size_t kMaxTextBytes = 1UL << 20U;  // read of any text; the rules for each are tighter

static_assert(sizeof(herald_plugin) < kRoom / 2);

tl::unexpected<base::Error> refuse(std::string reason) {
  return base::fail(ErrorCode::kInvalid, std::move(reason));
}

struct alignas(herald_plugin) Room {
  std::array<std::byte, kRoom> bytes{};
};

base::Result<std::int32_t> call_entry(herald_plugin_entry_fn entry, Room& room) {
  const auto size = static_cast<std::uint32_t>(sizeof(herald_plugin));
  std::memcpy(room.bytes.data(), &size, sizeof size);
  try {
    return entry(reinterpret_cast<herald_plugin*>(room.bytes.data()));
  } catch (...) {
    return refuse("its " HERALD_PLUGIN_ENTRY_NAME " threw an exception; no exception may leave a plugin");
  }
}

// The structure as far as the plugin filled it, zero beyond.
base::Result<herald_plugin> take_structure(const Room& room) {
  std::uint32_t size = 0;
  std::memcpy(&size, room.bytes.data(), sizeof size);
  const bool overrun = std::any_of(room.bytes.begin() + sizeof(herald_plugin), room.bytes.end(),
                                   [](std::byte byte) { return byte != std::byte{0}; });
  if (overrun || size < kLeastSize || size > sizeof(herald_plugin)) {
    return refuse("its descriptor " +
                  (overrun ? std::string("was written beyond its end")
                           : "claims a struct_size of " + std::to_string(size) + " bytes") +
                  ", expected " + std::to_string(kLeastSize) + " to the " + std::to_string(sizeof(herald_plugin)) +
                  " that the host offered; set struct_size to what was filled");
  }
  herald_plugin taken{};
  std::memcpy(&taken, room.bytes.data(), size);
  return taken;
}

base::Status check_versions(const herald_plugin& plugin) {
  if (plugin.magic != HERALD_ABI_MAGIC) {
    return refuse("its magic number is " + std::to_string(plugin.magic) + ", expected " +
                  std::to_string(HERALD_ABI_MAGIC) + " (HERALD_ABI_MAGIC); it is no Herald plugin, or left it unset");
  }
  if (plugin.abi_major != HERALD_ABI_MAJOR) {
    const bool newer = plugin.abi_major > HERALD_ABI_MAJOR;
    return refuse(
        "it speaks plugin ABI " + std::to_string(plugin.abi_major) + "." + std::to_string(plugin.abi_minor) +
        ", this host supports major " + std::to_string(HERALD_ABI_MAJOR) + "; " +
        (newer ? "run it under a newer host, or build it with this host's SDK" : "build it anew with this host's SDK"));
  }
  return {};
}

std::string text_of(herald_str text) {
  return std::string(view_of(text).substr(0, kMaxTextBytes));
}

base::Result<std::vector<domain::Channel>> known_channels(const herald_plugin& plugin) {
  std::vector<domain::Channel> channels;
  if (plugin.channels == nullptr) return channels;
  if (plugin.channel_count > kMaxChannels) {
    return refuse("it names " + std::to_string(plugin.channel_count) + " channels, expected at most " +
                  std::to_string(kMaxChannels) + "; correct channel_count");
  }
  for (std::uint32_t i = 0; i < plugin.channel_count; ++i) {
    const auto channel = domain::parse_channel(view_of(plugin.channels[i]));
    if (channel && std::find(channels.begin(), channels.end(), *channel) == channels.end())
      channels.push_back(*channel);
  }
  return channels;
}

base::Result<Descriptor> copy_descriptor(const herald_plugin& plugin) {
  auto channels = known_channels(plugin);
  if (!channels) return tl::make_unexpected(channels.error());
  if (plugin.thread_model > HERALD_THREADS_BLOCKING) {
    return refuse("its thread_model is " + std::to_string(plugin.thread_model) +
                  ", expected HERALD_THREADS_ASYNC (1) or HERALD_THREADS_BLOCKING (2); correct the descriptor");
  }
  Descriptor out;
  out.name = text_of(plugin.name);
  out.version = text_of(plugin.version);
  out.sdk_version = text_of(plugin.sdk_version);
  out.description = text_of(plugin.description);
  out.config_schema = text_of(plugin.config_schema);
  out.abi_major = plugin.abi_major;
  out.abi_minor = plugin.abi_minor;
  out.channels = std::move(*channels);
  out.thread_model = static_cast<ThreadModel>(plugin.thread_model);
  out.max_batch = std::max(plugin.max_batch, 1U);
  out.max_in_flight = std::max(plugin.max_in_flight, 1U);
  return out;
}

base::Status check_functions(const herald_plugin& plugin) {
  const std::array<std::pair<const char*, bool>, 7> required{{{"create", plugin.create != nullptr},
                                                              {"configure", plugin.configure != nullptr},
                                                              {"start", plugin.start != nullptr},
                                                              {"submit", plugin.submit != nullptr},
                                                              {"drain", plugin.drain != nullptr},
                                                              {"stop", plugin.stop != nullptr},
                                                              {"destroy", plugin.destroy != nullptr}}};
  std::string missing;
  for (const auto& [name, present] : required) {
    if (!present) missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  if (missing.empty()) return {};
  return refuse("its required functions " + missing + " are NULL or beyond its struct_size; fill in every one");
}

}  // namespace

base::Result<Plugin> shake_hands(herald_plugin_entry_fn entry) {
  Room room;
  const auto consent = call_entry(entry, room);
  if (!consent) return tl::make_unexpected(consent.error());
  const auto taken = take_structure(room);
  if (!taken) return tl::make_unexpected(taken.error());
  if (auto fit = check_versions(*taken); !fit) return tl::make_unexpected(fit.error());
  if (*consent == HERALD_E_UNSUPPORTED) {
    return refuse("it says that it cannot run under a host of plugin ABI " + std::to_string(HERALD_ABI_MAJOR) + "." +
                  std::to_string(HERALD_ABI_MINOR) + "; use a build of it for this host");
  }
  if (*consent != HERALD_OK) {
    return refuse("its " HERALD_PLUGIN_ENTRY_NAME " returned " + std::to_string(*consent) + ", expected HERALD_OK (0)");
  }
  auto descriptor = copy_descriptor(*taken);
  if (!descriptor) return tl::make_unexpected(descriptor.error());
  if (auto sound = check(*descriptor); !sound) return tl::make_unexpected(sound.error());
  if (auto whole = check_functions(*taken); !whole) return tl::make_unexpected(whole.error());
  if (auto usable = check_schema(descriptor->config_schema); !usable) return tl::make_unexpected(usable.error());
  return Plugin{std::move(*descriptor), *taken, {}};
}

}  // namespace herald::providers
