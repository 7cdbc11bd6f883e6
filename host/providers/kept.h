// What a plugin may still reach after its contract ended is kept until the process ends, never freed: a few hundred
// bytes for each instance, instead of a use after free when a library breaks its promise.
#pragma once

#include <memory>

namespace herald::providers {

// Any thread. `object` is never destroyed; a leak checker sees it as reachable.
void keep_until_exit(std::shared_ptr<const void> object);

}  // namespace herald::providers
