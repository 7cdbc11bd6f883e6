#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace herald::intake {

struct Options {
  std::string default_region = "US";  // ISO 3166-1 alpha-2: how a number without "+" is read
  std::chrono::seconds message_ttl{86'400};
  std::size_t max_attachments = 8;
};

}  // namespace herald::intake
