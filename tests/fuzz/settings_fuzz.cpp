// The settings file: a refusal names its faults on clean lines; what is accepted says the same when it is given as
// flags.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "config/load.h"
#include "domain/text.h"
#include "fuzz/property.h"

namespace herald::fuzz {
namespace {

constexpr const char* kFile = "herald.toml";

config::Sources sources_of(std::string_view text) {
  config::Sources sources;
  sources.known_region = [](std::string_view region) { return region == "US" || region == "DE"; };
  sources.plugin_dir = "plugins";
  sources.read_file = [text](const std::string&) -> base::Result<std::string> { return std::string(text); };
  return sources;
}

void check_line(std::string_view line) {
  require(domain::is_clean_utf8(line), "a message of the settings is clean text");
}

void check_refusal(const base::Error& error) {
  require(error.code == base::ErrorCode::kInvalid, "a file that is refused is invalid");
  require(error.message.rfind("the settings have ", 0) == 0, "a refusal begins with what it is");
  std::size_t lines = 0;
  for (std::size_t start = 0; start <= error.message.size(); ++lines) {
    const auto end = std::min(error.message.find('\n', start), error.message.size());
    check_line(std::string_view(error.message).substr(start, end - start));
    start = end + 1;
  }
  require(lines >= 2, "a refusal names a fault");
}

std::map<std::string, std::string> values_of(const config::Settings& settings) {
  std::map<std::string, std::string> values;
  for (const auto& origin : settings.origins)
    require(values.emplace(origin.name, origin.value).second, "a setting is listed once");
  return values;
}

// What the file set, given as flags, comes out alike. A configuration is left out: it shows as "***".
void check_as_flags(const config::Settings& settings) {
  auto sources = sources_of("");
  for (const auto& origin : settings.origins) {
    if (origin.source.rfind("file:", 0) != 0 || origin.value == "***") continue;
    std::string flag = "--" + origin.name;
    std::replace_if(
        flag.begin(), flag.end(), [](char c) { return c == '.' || c == '_'; }, '-');
    sources.flags.push_back(flag + "=" + origin.value);
  }
  const auto again = config::load(sources);
  require(again.has_value(), "what a file may say a flag may say");
  const auto before = values_of(settings);
  for (const auto& [name, value] : values_of(*again)) {
    if (name == "config") continue;
    const auto found = before.find(name);
    require(found != before.end(), "a flag sets what the file set");
    require(found->second == value || found->second == "***", "a flag says what the file says");
  }
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto sources = fuzz::sources_of(text);
  sources.flags = {"--config", fuzz::kFile};
  const auto settings = config::load(sources);
  if (!settings) {
    fuzz::check_refusal(settings.error());
    return 0;
  }
  for (const auto& warning : settings->warnings)
    fuzz::check_line(warning);
  fuzz::check_as_flags(*settings);
  return 0;
}
