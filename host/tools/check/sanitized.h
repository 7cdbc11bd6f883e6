// Whether this program is built with a sanitizer, whose own threads, memory and address space no bound may judge.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HERALD_CHECK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HERALD_CHECK_SANITIZED 1
#endif
#endif

namespace herald::tools::check {

#if defined(HERALD_CHECK_SANITIZED)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace herald::tools::check
