#include "tools/plugin_list.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "providers/plain_text.h"

namespace herald::tools {
namespace {

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

constexpr std::size_t kMaxCellBytes = 2000;

// A file's name and a library's own words reach a terminal: no control character of theirs does.
std::string printable(std::string_view text) {
  return text.empty() ? "-" : providers::one_line(text, kMaxCellBytes);
}

std::string channels_of(const domain::ProviderInfo& plugin) {
  std::string text;
  for (const auto channel : plugin.channels) {
    text += (text.empty() ? "" : ",") + std::string(domain::to_string(channel));
  }
  return text;
}

// In characters, not bytes, as a terminal counts.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string plugin_table(const std::vector<domain::ProviderInfo>& plugins, const std::string& folder) {
  if (plugins.empty()) return "no plugin (*.so) in " + printable(folder) + "\n";
  std::vector<Row> rows{Row{"NAME", "VERSION", "CHANNELS", "STATE", "FILE", "REASON"}};
  for (const auto& plugin : plugins) {
    rows.push_back(Row{printable(plugin.name), printable(plugin.version), printable(channels_of(plugin)),
                       std::string(domain::to_string(plugin.state)), printable(plugin.file_name),
                       printable(plugin.reason)});
  }
  std::array<std::size_t, kColumns> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i)
      widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      text += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
    text += row[kColumns - 1] + "\n";
  }
  return text;
}

std::string plugin_json(const std::vector<domain::ProviderInfo>& plugins) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const auto& plugin : plugins) {
    nlohmann::ordered_json channels = nlohmann::ordered_json::array();
    for (const auto channel : plugin.channels)
      channels.push_back(domain::to_string(channel));
    nlohmann::ordered_json item{{"name", plugin.name},
                                {"version", plugin.version},
                                {"channels", std::move(channels)},
                                {"state", domain::to_string(plugin.state)},
                                {"file_name", plugin.file_name},
                                {"sdk_version", plugin.sdk_version},
                                {"abi_version", plugin.abi_version}};
    if (!plugin.reason.empty()) item["reason"] = plugin.reason;
    items.push_back(std::move(item));
  }
  // A file's name may be no UTF-8; JSON must be.
  return nlohmann::ordered_json{{"items", std::move(items)}}.dump(2, ' ', false,
                                                                  nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

}  // namespace herald::tools
