// The text forms of the domain's enumerations.
#include <array>
#include <utility>

#include "domain/channel.h"
#include "domain/lifecycle.h"
#include "domain/outcome.h"
#include "domain/ports.h"

namespace herald::domain {
namespace {

template <typename Enum, std::size_t N>
constexpr std::string_view text_of(const std::array<std::pair<Enum, std::string_view>, N>& table, Enum value) {
  for (const auto& [key, text] : table) {
    if (key == value) return text;
  }
  return "unknown";
}

template <typename Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const std::array<std::pair<Enum, std::string_view>, N>& table,
                                       std::string_view wanted) {
  for (const auto& [key, text] : table) {
    if (text == wanted) return key;
  }
  return std::nullopt;
}

template <typename Enum>
using Entry = std::pair<Enum, std::string_view>;

constexpr std::array kChannelTexts{Entry<Channel>{Channel::kSms, "sms"}, Entry<Channel>{Channel::kMms, "mms"},
                                   Entry<Channel>{Channel::kEmail, "email"}};

constexpr std::array kStatusTexts{
    Entry<Status>{Status::kPending, "pending"},       Entry<Status>{Status::kDispatching, "dispatching"},
    Entry<Status>{Status::kDispatched, "dispatched"}, Entry<Status>{Status::kDelivered, "delivered"},
    Entry<Status>{Status::kFailed, "failed"},         Entry<Status>{Status::kExpired, "expired"},
    Entry<Status>{Status::kCancelled, "cancelled"},   Entry<Status>{Status::kReceived, "received"}};

constexpr std::array kWaitingTexts{
    Entry<WaitingFor>{WaitingFor::kNothing, ""}, Entry<WaitingFor>{WaitingFor::kRetry, "retry"},
    Entry<WaitingFor>{WaitingFor::kBreaker, "breaker"}, Entry<WaitingFor>{WaitingFor::kProvider, "provider"},
    Entry<WaitingFor>{WaitingFor::kPacer, "pacer"}};

constexpr std::array kOutcomeTexts{
    Entry<OutcomeKind>{OutcomeKind::kSuccess, "success"}, Entry<OutcomeKind>{OutcomeKind::kRateLimited, "rate_limited"},
    Entry<OutcomeKind>{OutcomeKind::kError, "error"}, Entry<OutcomeKind>{OutcomeKind::kTimeout, "timeout"},
    Entry<OutcomeKind>{OutcomeKind::kRejected, "rejected"}};

constexpr std::array kProviderTexts{Entry<ProviderState>{ProviderState::kActive, "active"},
                                    Entry<ProviderState>{ProviderState::kStandby, "standby"},
                                    Entry<ProviderState>{ProviderState::kDraining, "draining"},
                                    Entry<ProviderState>{ProviderState::kDisabled, "disabled"},
                                    Entry<ProviderState>{ProviderState::kRefused, "refused"}};

constexpr std::array kBreakerTexts{Entry<BreakerState>{BreakerState::kClosed, "closed"},
                                   Entry<BreakerState>{BreakerState::kOpen, "open"},
                                   Entry<BreakerState>{BreakerState::kHalfOpen, "half_open"}};

}  // namespace

std::string_view to_string(Channel channel) {
  return text_of(kChannelTexts, channel);
}
std::optional<Channel> parse_channel(std::string_view text) {
  return value_of(kChannelTexts, text);
}
std::string_view to_string(Direction direction) {
  return direction == Direction::kInbound ? "inbound" : "outbound";
}
std::string_view to_string(Status status) {
  return text_of(kStatusTexts, status);
}
std::optional<Status> parse_status(std::string_view text) {
  return value_of(kStatusTexts, text);
}
std::string_view to_string(WaitingFor reason) {
  return text_of(kWaitingTexts, reason);
}
std::string_view to_string(OutcomeKind kind) {
  return text_of(kOutcomeTexts, kind);
}
std::string_view to_string(ProviderState state) {
  return text_of(kProviderTexts, state);
}
std::string_view to_string(BreakerState state) {
  return text_of(kBreakerTexts, state);
}

}  // namespace herald::domain
