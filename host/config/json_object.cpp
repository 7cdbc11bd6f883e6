#include <nlohmann/json.hpp>

#include "config/given.h"

namespace herald::config {

base::Result<std::string> canonical_object(std::string_view text) {
  constexpr int kMaxDepth = 64;
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  const auto parsed = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (too_deep) return base::fail(base::ErrorCode::kInvalid, "nested deeper than 64 levels");
  if (parsed.is_discarded()) return base::fail(base::ErrorCode::kInvalid, "not JSON");
  if (!parsed.is_object()) return base::fail(base::ErrorCode::kInvalid, "JSON, but no object in { }");
  return parsed.dump();
}

}  // namespace herald::config
