// Semantic Versioning 2.0.0 (semver.org): what a plugin's version is, and which of two goes before the other.
#pragma once

#include <compare>
#include <string_view>

namespace herald::providers {

// Sections 2, 9 and 10; at most 128 bytes.
bool is_semver(std::string_view text);

// Precedence, section 11: build metadata does not count, a pre-release goes below its release, and numbers of any
// length compare as numbers. Both are semantic versions.
std::weak_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace herald::providers
