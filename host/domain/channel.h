// The channels that Herald serves. A channel is a value of this type everywhere in the host; its text form appears only
// at the borders (JSON, the plugin ABI, SQL, metrics).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace herald::domain {

// Stored: never renumber.
enum class Channel : std::uint8_t { kSms = 1, kMms = 2, kEmail = 3 };

inline constexpr std::array kChannels{Channel::kSms, Channel::kMms, Channel::kEmail};

std::string_view to_string(Channel channel);
std::optional<Channel> parse_channel(std::string_view text);

// Some of the channels, or all, or none.
class ChannelSet {
 public:
  constexpr ChannelSet() = default;
  template <typename Channels>
  static constexpr ChannelSet of(const Channels& channels) {
    ChannelSet set;
    for (const Channel channel : channels)
      set.bits_ |= bit(channel);
    return set;
  }
  static constexpr ChannelSet all() { return of(kChannels); }

  constexpr bool contains(Channel channel) const { return (bits_ & bit(channel)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

  friend constexpr bool operator==(ChannelSet, ChannelSet) = default;

 private:
  static constexpr unsigned bit(Channel channel) { return 1U << static_cast<unsigned>(channel); }

  unsigned bits_ = 0;
};

// A value for each channel.
template <typename Value>
class PerChannel {
 public:
  constexpr Value& operator[](Channel channel) { return values_.at(place(channel)); }
  constexpr const Value& operator[](Channel channel) const { return values_.at(place(channel)); }

  friend constexpr bool operator==(const PerChannel&, const PerChannel&) = default;

 private:
  static constexpr std::size_t place(Channel channel) {
    return static_cast<std::size_t>(channel) - static_cast<std::size_t>(kChannels.front());
  }

  std::array<Value, kChannels.size()> values_{};
};

}  // namespace herald::domain
