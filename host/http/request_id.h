// The name that one request bears in the answer, in the log and in the store.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace herald::http {

// Whether a client's X-Request-Id is taken over: 1 to 128 characters of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

// 16 random hexadecimal digits, written over `id`.
void make_request_id(base::Random& random, std::string& id);

}  // namespace herald::http
