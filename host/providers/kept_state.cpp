#include "providers/kept_state.h"

#include <atomic>
#include <optional>
#include <string_view>

#include "providers/config_schema.h"
#include "providers/plain_text.h"

namespace herald::providers {
namespace {

constexpr std::string_view kProvider = "provider.";
constexpr std::string_view kEnabled = ".enabled";
constexpr std::string_view kConfig = ".config";
constexpr std::string_view kIncumbent = "incumbent.";
// A disk that takes longer counts as one that refuses.
constexpr std::chrono::seconds kKeepTimeout{30};

// What stands in `key` between `before` and `after`; nothing when it is of another kind.
std::optional<std::string> between(std::string_view key, std::string_view before, std::string_view after) {
  if (key.size() <= before.size() + after.size() || !key.starts_with(before) || !key.ends_with(after)) {
    return std::nullopt;
  }
  return std::string(key.substr(before.size(), key.size() - before.size() - after.size()));
}

// False when the value makes no sense. True also for a key of another room's.
bool read_one(const std::string& key, const std::string& value, KeptState& state) {
  if (const auto name = between(key, kProvider, kEnabled)) {
    if (value == "false") state.disabled.insert(*name);
    return value == "false" || value == "true";
  }
  if (const auto name = between(key, kProvider, kConfig)) {
    if (value.empty()) return true;
    if (!check_document(value)) return false;
    state.configs.emplace(*name, value);
    return true;
  }
  if (const auto channel_name = between(key, kIncumbent, "")) {
    const auto channel = domain::parse_channel(*channel_name);
    if (!channel || value.empty()) return false;
    state.incumbents.emplace(*channel, value);
  }
  return true;
}

}  // namespace

KeptState read_kept(const std::map<std::string, std::string>& kept, observe::Log& log) {
  KeptState state;
  for (const auto& [key, value] : kept) {
    if (read_one(key, value, state)) continue;
    log.error("provider.kept_unusable", {{"setting", one_line(key, 200)},
                                         {"error",
                                          "its value makes no sense to this host; it is left as it is, and the "
                                          "host runs as if it were not there"}});
  }
  return state;
}

base::Status Keeper::keep_enabled(const std::string& provider, bool enabled,
                                  const std::shared_ptr<Patience>& patience) {
  auto kept = keep(std::string(kProvider) + provider + std::string(kEnabled), enabled ? "true" : "false", patience);
  if (!kept) return kept;
  if (enabled)
    state_.disabled.erase(provider);
  else
    state_.disabled.insert(provider);
  return kept;
}

base::Status Keeper::keep_config(const std::string& provider, const std::string& json,
                                 const std::shared_ptr<Patience>& patience) {
  auto kept = keep(std::string(kProvider) + provider + std::string(kConfig), json, patience);
  if (kept) state_.configs[provider] = json;
  return kept;
}

base::Status Keeper::drop_config(const std::string& provider, const std::shared_ptr<Patience>& patience) {
  if (state_.configs.count(provider) == 0) return {};
  auto kept = keep(std::string(kProvider) + provider + std::string(kConfig), "", patience);
  if (kept) state_.configs.erase(provider);
  return kept;
}

base::Status Keeper::keep(const std::string& key, const std::string& value, const std::shared_ptr<Patience>& patience) {
  // Shared with the commit, which may come when nobody waits any more.
  struct Commit {
    base::Status status;
    std::atomic<bool> done{false};
  };
  const auto commit = std::make_shared<Commit>();
  settings_.keep(key, value, [commit, patience](base::Status status) {
    commit->status = std::move(status);
    commit->done.store(true, std::memory_order_release);
    patience->ring();
  });
  if (!patience->wait_for(commit->done, kKeepTimeout)) {
    log_.warn("provider.keep_uncertain",
              {{"setting", key}, {"effect", "the change may be in force after the next start"}});
    return base::fail(base::ErrorCode::kUnavailable, "the change was not committed in time");
  }
  if (commit->status) return {};
  return base::fail(base::ErrorCode::kUnavailable, "the change could not be stored: " + commit->status.error().message);
}

void Keeper::keep_incumbents(const Registry::Holders& incumbents) {
  for (const auto& [channel, name] : incumbents) {
    auto& kept = state_.incumbents[channel];
    if (kept == name) continue;
    kept = name;
    const std::string key = std::string(kIncumbent) + std::string(domain::to_string(channel));
    settings_.keep(key, name, [&log = log_, key](const base::Status& status) {
      if (status) return;
      log.warn("provider.incumbent_not_kept", {{"setting", key},
                                               {"error", status.error().message},
                                               {"effect", "the next start may give the channel to another provider"}});
    });
  }
}

}  // namespace herald::providers
