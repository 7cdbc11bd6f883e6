// A key under which a client may repeat a request, in the form in which the host keeps it: digests, never the words.
#pragma once

#include <array>
#include <cstdint>

namespace herald::domain {

// The first 128 bits of a SHA-256.
using Digest = std::array<std::uint8_t, 16>;

struct RequestKey {
  Digest key{};      // of the Idempotency-Key
  Digest request{};  // of what was asked under it: a repeated request has the same one
};

}  // namespace herald::domain
