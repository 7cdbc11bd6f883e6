// The settings' sources as a test writes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace herald::config {

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() {
    sources_.known_region = [](std::string_view region) { return region == "US" || region == "DE"; };
    sources_.plugin_dir = "/own/plugins";
    sources_.read_file = [](const std::string& path) -> base::Result<std::string> {
      return base::fail(base::ErrorCode::kNotFound, "no such file: " + path);
    };
  }

  void flags(std::vector<std::string> arguments) {
    sources_.flags.insert(sources_.flags.end(), arguments.begin(), arguments.end());
  }
  void variable(const std::string& name, std::string value) { sources_.environment[name] = std::move(value); }
  void file(std::string text) {
    variable("API_CONFIG", "herald.toml");
    sources_.read_file = [text = std::move(text)](const std::string&) -> base::Result<std::string> { return text; };
  }

  Settings loaded() const {
    auto result = load(sources_);
    if (!result) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    return *std::move(result);
  }

  // The refusal's text; a test failure and nothing when the settings are accepted.
  std::string refusal() const {
    const auto result = load(sources_);
    if (result) {
      ADD_FAILURE() << "the settings are accepted";
      return {};
    }
    EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid);
    return result.error().message;
  }

  std::string warnings() const {
    std::string text;
    for (const auto& warning : loaded().warnings)
      text += warning + "\n";
    return text;
  }

  // "value (source)" of one setting; empty when it is not listed.
  std::string origin(const std::string& name) const {
    for (const auto& entry : loaded().origins) {
      if (entry.name == name) return entry.value + " (" + entry.source + ")";
    }
    return {};
  }

  Sources sources_;
};

// How many times `part` occurs.
inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

}  // namespace herald::config
