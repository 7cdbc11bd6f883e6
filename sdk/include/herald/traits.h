// What a plugin declares of itself beside its name, version and channels.
#ifndef HERALD_TRAITS_H
#define HERALD_TRAITS_H

#include <cstdint>
#include <string_view>

namespace herald {

/// Limits and descriptions; a provider sets them by a member of its own:
///
///     static constexpr auto kTraits = herald::Traits{}.width(16).description("Sends through Example's HTTP API.");
///
/// A value out of its range does not compile. Source: herald_plugin in abi.h, and
/// HERALD_WEBHOOK_RECEIPTS in abi_inbound.h.
class Traits {
 public:
  constexpr Traits() = default;

  /// Provider only: how many `send` may run at once, 1-1024; 8 unless declared.
  constexpr Traits width(std::uint32_t threads) const {
    Traits next = *this;
    next.width_ = threads;
    return next;
  }
  /// AsyncProvider only: the most messages in one submit, 1-1024; 64 unless declared.
  constexpr Traits max_batch(std::uint32_t messages) const {
    Traits next = *this;
    next.max_batch_ = messages;
    return next;
  }
  /// AsyncProvider only: the most messages submitted and not completed, 1-65536; 1024 unless declared.
  constexpr Traits max_in_flight(std::uint32_t messages) const {
    Traits next = *this;
    next.max_in_flight_ = messages;
    return next;
  }
  /// One sentence for people. Like the schema it is kept as a view: give a string literal.
  constexpr Traits description(std::string_view sentence) const {
    Traits next = *this;
    next.description_ = sentence;
    return next;
  }
  /// The JSON Schema (draft 7) of the configuration; the host refuses what does not fit before `configure` sees it. A
  /// property with "writeOnly": true is a secret, and is never shown. Without a schema any object is passed on.
  constexpr Traits config_schema(std::string_view json) const {
    Traits next = *this;
    next.config_schema_ = json;
    return next;
  }

  /// The carrier sends receipts, so the host keeps the message ids of this provider's successes to find messages by.
  /// Without it, receipts are stored and match nothing.
  constexpr Traits receipts() const {
    Traits next = *this;
    next.receipts_ = true;
    return next;
  }

  constexpr std::uint32_t width() const { return width_ == kUnset ? 8 : width_; }
  constexpr std::uint32_t max_batch() const { return max_batch_ == kUnset ? 64 : max_batch_; }
  constexpr std::uint32_t max_in_flight() const { return max_in_flight_ == kUnset ? 1024 : max_in_flight_; }
  constexpr std::string_view description() const { return description_; }
  constexpr std::string_view config_schema() const { return config_schema_; }

  constexpr bool has_receipts() const { return receipts_; }

  /// True when a limit is declared that only the other kind of provider has.
  constexpr bool declares_width() const { return width_ != kUnset; }
  constexpr bool declares_async_limits() const { return max_batch_ != kUnset || max_in_flight_ != kUnset; }

 private:
  static constexpr std::uint32_t kUnset = UINT32_MAX;

  std::uint32_t width_ = kUnset;
  std::uint32_t max_batch_ = kUnset;
  std::uint32_t max_in_flight_ = kUnset;
  bool receipts_ = false;
  std::string_view description_;
  std::string_view config_schema_;
};

}  // namespace herald

#endif  // HERALD_TRAITS_H
