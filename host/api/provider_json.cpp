#include "api/provider_json.h"

#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace herald::api {
namespace {

using Json = nlohmann::ordered_json;

Json names_of(const std::vector<domain::Channel>& channels) {
  auto names = Json::array();
  for (const auto channel : channels)
    names.push_back(domain::to_string(channel));
  return names;
}

Json time_or_null(const std::optional<base::WallTime>& time) {
  return time ? Json(base::to_rfc3339(*time)) : Json();
}

Json breaker_json(const std::optional<domain::LaneView>& lane) {
  if (!lane) return nullptr;
  return {{"state", domain::to_string(lane->breaker)},
          {"failures", lane->consecutive_failures},
          {"opened_at", time_or_null(lane->opened_at)},
          {"retry_at", time_or_null(lane->retry_at)}};
}

Json counters_json(const observe::ProviderMetrics* counters) {
  if (counters == nullptr) return nullptr;
  return {{"attempts", counters->attempts.value()},
          {"success", counters->success.value()},
          {"rate_limited", counters->rate_limited.value()},
          {"error", counters->error.value()},
          {"timeout", counters->timeout.value()},
          {"rejected", counters->rejected.value()},
          {"breaker_transitions", counters->breaker_transitions.value()}};
}

Json refused_files_json(const std::vector<domain::ProviderInfo>& files) {
  auto items = Json::array();
  for (const auto& file : files)
    items.push_back({{"file_name", file.file_name}, {"version", file.version}, {"reason", file.reason}});
  return items;
}

Json to_json(const ProviderView& provider) {
  const auto& info = provider.info;
  return {{"name", info.name},
          {"version", info.version},
          {"channels", names_of(info.channels)},
          {"active_channels", names_of(info.active_channels)},
          {"file_name", info.file_name},
          {"sdk_version", info.sdk_version},
          {"abi_version", info.abi_version},
          {"state", domain::to_string(info.state)},
          {"reason", info.reason.empty() ? Json() : Json(info.reason)},
          {"refused_files", refused_files_json(provider.others)},
          {"breaker", breaker_json(provider.lane)},
          {"paced_until", provider.lane ? time_or_null(provider.lane->paced_until) : Json()},
          {"queue_depth", provider.depth.waiting},
          {"in_flight", provider.depth.dispatching},
          {"stalled_seconds", provider.counters ? Json(provider.counters->stalled_seconds.value()) : Json()},
          {"counters", counters_json(provider.counters)}};
}

// A plugin's file writes its own name and version: what is no UTF-8 in them is replaced rather than thrown over.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string provider_json(const ProviderView& provider) {
  return text_of(to_json(provider));
}

std::string ready_json(const std::vector<std::string>& stalled_providers) {
  Json body{{"status", "ready"}};
  if (!stalled_providers.empty()) body["stalled_providers"] = stalled_providers;
  return text_of(body);
}

std::string providers_json(const std::vector<ProviderView>& providers) {
  auto items = Json::array();
  for (const auto& provider : providers)
    items.push_back(to_json(provider));
  return text_of(Json{{"items", std::move(items)}});
}

}  // namespace herald::api
