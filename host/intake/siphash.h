// SipHash-2-4 (Aumasson and Bernstein, 2012): a short hash of short texts under a secret key, so that who chooses the
// texts cannot choose which of them meet.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace herald::intake {

// Two words, as the paper reads its key: little-endian.
using SipKey = std::array<std::uint64_t, 2>;

// A pure function, from any thread.
std::uint64_t siphash(const SipKey& key, std::string_view text);

}  // namespace herald::intake
