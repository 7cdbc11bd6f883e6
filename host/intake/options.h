#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace herald::intake {

struct Options {
  std::string default_region = "US";  // ISO 3166-1 alpha-2: how a number without "+" is read
  std::chrono::seconds message_ttl{86'400};
  std::size_t max_attachments = 8;
  // Messages a minute; 0 switches a limit off.
  std::uint32_t rate_limit_per_ip_per_min = 120;
  std::uint32_t rate_limit_per_sender_per_min = 60;
  std::chrono::seconds idempotency_ttl{86'400};  // how long a key stands for its request
};

}  // namespace herald::intake
