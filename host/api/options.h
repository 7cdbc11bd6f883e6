#pragma once

#include <cstddef>
#include <string>

namespace herald::api {

struct Options {
  std::string health_path = "/healthz";
  std::size_t max_body_bytes = 262'144;
};

}  // namespace herald::api
