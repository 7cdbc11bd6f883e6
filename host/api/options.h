#pragma once

#include <cstddef>
#include <string>

namespace herald::api {

struct Options {
  std::string health_path = "/healthz";
  std::size_t max_body_bytes = 262'144;
  std::string default_region = "US";  // ISO 3166-1 alpha-2: how a filter's number without "+" is read; as intake's
};

}  // namespace herald::api
