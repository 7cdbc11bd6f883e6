#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace herald::http {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0 picks a free one
  std::size_t reactors = 2;   // threads that read and write connections
  std::size_t max_body_bytes = 262'144;
  std::size_t max_head_bytes = 16U << 10U;
  std::size_t max_connections = 20'000;           // kept under the descriptor limit at start
  std::size_t max_pipelined = 16;                 // requests of one connection that wait for their answers
  std::size_t max_pending_out_bytes = 1U << 20U;  // of one connection
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds send_timeout{15'000};
};

}  // namespace herald::http
