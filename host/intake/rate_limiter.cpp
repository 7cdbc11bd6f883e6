#include "intake/rate_limiter.h"

#include "intake/remote_network.h"

namespace herald::intake {
namespace {

using Account = LimitTable::Account;

constexpr std::string_view kAddressLimit = "ip";
constexpr std::string_view kSenderLimit = "sender";

// The second half of the key; any constant will do, the secret is the first.
constexpr std::uint64_t kKeyTail = 0x6865'7261'6c64'2e31U;

// Each account is null where its limit is off.
RateLimiter::Verdict judge(Account* address, Account* sender, base::MonoTime now) {
  for (auto* account : {address, sender}) {
    if (account != nullptr) account->at(now);
  }
  RateLimiter::Verdict verdict;
  verdict.admitted = (address == nullptr || address->admits()) && (sender == nullptr || sender->admits());
  verdict.limits.reserve(2);
  if (address != nullptr) {
    if (verdict.admitted) address->charge();
    verdict.limits.push_back(address->state(kAddressLimit));
  }
  if (sender != nullptr) {
    if (verdict.admitted) sender->charge();
    verdict.limits.push_back(sender->state(kSenderLimit));
  }
  return verdict;
}

}  // namespace

RateLimiter::RateLimiter(Quotas quotas, std::uint64_t salt, const base::Clock& clock)
    : key_{salt, kKeyTail}, clock_(clock) {
  if (quotas.per_address > 0) addresses_.emplace(LimitRate(quotas.per_address), kAddresses);
  if (quotas.per_sender > 0) senders_.emplace(LimitRate(quotas.per_sender), kSenders);
}

// Both accounts are locked at once, the address's first: else two requests could each be charged for what the other
// limit refuses.
RateLimiter::Verdict RateLimiter::charge(const std::string& remote_address, std::string_view normalized_sender) {
  Verdict verdict;
  if (!addresses_ && !senders_) return verdict;
  const auto with_address = [&](Account* address) {
    if (!senders_) {
      verdict = judge(address, nullptr, clock_.mono());
      return;
    }
    senders_->visit(siphash(key_, normalized_sender),
                    [&](Account& sender) { verdict = judge(address, &sender, clock_.mono()); });
  };
  if (addresses_)
    addresses_->visit(siphash(key_, network_of(remote_address)), [&](Account& address) { with_address(&address); });
  else
    with_address(nullptr);
  return verdict;
}

std::size_t RateLimiter::memory() const {
  return (addresses_ ? addresses_->memory() : 0) + (senders_ ? senders_->memory() : 0);
}

}  // namespace herald::intake
