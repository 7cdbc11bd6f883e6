// The host's own limits: messages a minute of one client address and of one sender.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "intake/limit_table.h"
#include "intake/limits.h"
#include "intake/siphash.h"

namespace herald::intake {

// Any thread. Each call takes the lock of one shard of each limit that is on, and none when both are off.
class RateLimiter {
 public:
  // Messages a minute; 0 switches a limit off.
  struct Quotas {
    std::uint32_t per_address = 0;
    std::uint32_t per_sender = 0;
  };

  // How many keys are told apart at one moment; one that is idle (LimitTable) takes no place from another. 16 octets
  // each: half a MiB and 2 MiB.
  static constexpr std::size_t kAddresses = std::size_t{1} << 15U;
  static constexpr std::size_t kSenders = std::size_t{1} << 17U;

  // `salt` is a secret of this process: with it a client could choose senders that share one account. `clock` is
  // borrowed.
  RateLimiter(Quotas quotas, std::uint64_t salt, const base::Clock& clock);

  struct Verdict {
    bool admitted = true;
    Limits limits;  // as they stand behind this verdict
  };

  // Charges one message to both limits when both admit it, and to neither when one does not. `remote_address` is
  // numeric (network_of).
  Verdict charge(const std::string& remote_address, std::string_view normalized_sender);

  // All that the limits will ever hold, in octets.
  std::size_t memory() const;

 private:
  const SipKey key_;
  const base::Clock& clock_;
  std::optional<LimitTable> addresses_;
  std::optional<LimitTable> senders_;
};

}  // namespace herald::intake
