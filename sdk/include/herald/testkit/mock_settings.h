// The settings that every mock provider has, and how they are read. Needs nlohmann/json 3.
#ifndef HERALD_TESTKIT_MOCK_SETTINGS_H
#define HERALD_TESTKIT_MOCK_SETTINGS_H

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <herald/status.h>

namespace herald::testkit {

/// How a mock behaves beside its faults.
struct MockSettings {
  std::chrono::milliseconds latency{0};      // between submit and every outcome that is no timeout
  std::chrono::milliseconds retry_after{0};  // told with a rate-limited outcome; 0 tells none
  bool lane_wide = false;                    // whether retry_after holds for all of the provider's messages
};

/// The JSON Schema of `MockSettings`: what `read_mock_settings` takes.
inline constexpr std::string_view kMockSettingsSchema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "latency_ms": {
      "type": "integer", "minimum": 0, "maximum": 60000, "default": 0,
      "description": "Milliseconds between a dispatch and its outcome; timeouts take until the deadline."
    },
    "retry_after_ms": {
      "type": "integer", "minimum": 0, "maximum": 86400000, "default": 0,
      "description": "Retry-After of a rate-limited dispatch in milliseconds; 0 sends none."
    },
    "lane_wide": {
      "type": "boolean", "default": false,
      "description": "Whether retry_after_ms holds for every message of this provider."
    }
  }
})";

namespace detail {

inline Status read_milliseconds(const std::string& key, const nlohmann::json& value, std::int64_t most,
                                std::chrono::milliseconds& into) {
  // As the schema sees it, 5.0 is an integer too.
  const double number = value.is_number() ? value.get<double>() : -1;
  if (number < 0 || number > static_cast<double>(most) || std::floor(number) != number)
    return Status::invalid(key + " is " + value.dump() + ", expected an integer from 0 to " + std::to_string(most));
  into = std::chrono::milliseconds(static_cast<std::int64_t>(number));
  return Status::ok();
}

inline Status read_setting(const std::string& key, const nlohmann::json& value, MockSettings& into) {
  if (key == "latency_ms") return read_milliseconds(key, value, 60'000, into.latency);
  if (key == "retry_after_ms") return read_milliseconds(key, value, 86'400'000, into.retry_after);
  if (key != "lane_wide")
    return Status::invalid("unknown setting " + key + "; this provider has latency_ms, retry_after_ms and lane_wide");
  if (!value.is_boolean()) return Status::invalid("lane_wide is " + value.dump() + ", expected true or false");
  into.lane_wide = value.get<bool>();
  return Status::ok();
}

}  // namespace detail

/// Reads settings from a JSON object; what is absent has its default. Invalid when the text is no JSON object, or a
/// member is unknown, of another type or out of its range; `into` is then as it was. Threading: any thread.
inline Status read_mock_settings(std::string_view json, MockSettings& into) {
  const auto document = nlohmann::json::parse(json.begin(), json.end(), nullptr, false);
  if (!document.is_object()) return Status::invalid("the configuration is no JSON object; give {} for the defaults");
  MockSettings settings;
  for (const auto& member : document.items()) {
    auto status = detail::read_setting(member.key(), member.value(), settings);
    if (!status.is_ok()) return status;
  }
  into = settings;
  return Status::ok();
}

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_MOCK_SETTINGS_H
