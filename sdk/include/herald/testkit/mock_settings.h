// The settings that every mock provider has, and how they are read. Needs nlohmann/json 3.
#ifndef HERALD_TESTKIT_MOCK_SETTINGS_H
#define HERALD_TESTKIT_MOCK_SETTINGS_H

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
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
  std::string webhook_token;                 // what a webhook must show; empty: every webhook is taken
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
    },
    "webhook_token": {
      "type": "string", "minLength": 1, "maxLength": 255, "writeOnly": true,
      "description": "A secret that webhooks must show, as X-Webhook-Token or token=; without it all are taken."
    }
  }
})";

namespace detail {

// A value in a message; what holds others may be deep, and is not written out.
inline std::string shown(const nlohmann::json& value) {
  return value.is_structured() ? std::string("an array or an object") : value.dump();
}

inline Status read_milliseconds(const std::string& key, const nlohmann::json& value, std::int64_t most,
                                std::chrono::milliseconds& into) {
  // As the schema sees it, 5.0 is an integer too.
  const double number = value.is_number() ? value.get<double>() : -1;
  if (number < 0 || number > static_cast<double>(most) || std::floor(number) != number)
    return Status::invalid(key + " is " + shown(value) + ", expected an integer from 0 to " + std::to_string(most));
  into = std::chrono::milliseconds(static_cast<std::int64_t>(number));
  return Status::ok();
}

// As JSON Schema counts the length of a text: in characters.
inline std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// A refusal does not show what was given: it is a secret.
inline Status read_token(const nlohmann::json& value, std::string& into) {
  const std::size_t length = value.is_string() ? characters(value.get_ref<const std::string&>()) : 0;
  if (length < 1 || length > 255)
    return Status::invalid("webhook_token is " +
                           (value.is_string() ? std::to_string(length) + " characters long" : "no text") +
                           ", expected a text of 1 to 255 characters; leave it out to take every webhook");
  into = value.get<std::string>();
  return Status::ok();
}

inline Status read_setting(const std::string& key, const nlohmann::json& value, MockSettings& into) {
  if (key == "latency_ms") return read_milliseconds(key, value, 60'000, into.latency);
  if (key == "retry_after_ms") return read_milliseconds(key, value, 86'400'000, into.retry_after);
  if (key == "webhook_token") return read_token(value, into.webhook_token);
  if (key != "lane_wide")
    return Status::invalid("unknown setting " + key +
                           "; this provider has latency_ms, retry_after_ms, lane_wide and webhook_token");
  if (!value.is_boolean()) return Status::invalid("lane_wide is " + shown(value) + ", expected true or false");
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
