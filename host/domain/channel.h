// The channels that Herald serves. A channel is a value of this type everywhere in the host; its text form appears only
// at the borders (JSON, the plugin ABI, SQL, metrics).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace herald::domain {

// Stored: never renumber.
enum class Channel : std::uint8_t { kSms = 1, kMms = 2, kEmail = 3 };

inline constexpr std::array kChannels{Channel::kSms, Channel::kMms, Channel::kEmail};

std::string_view to_string(Channel channel);
std::optional<Channel> parse_channel(std::string_view text);

}  // namespace herald::domain
