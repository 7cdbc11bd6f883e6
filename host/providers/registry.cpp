#include "providers/registry.h"

#include <algorithm>
#include <utility>

namespace herald::providers {
namespace {

using domain::Channel;
using domain::ProviderInfo;
using domain::ProviderState;

bool serves(const ProviderInfo& info, Channel channel) {
  return info.state != ProviderState::kRefused &&
         std::find(info.channels.begin(), info.channels.end(), channel) != info.channels.end();
}

void insert_by_file(std::vector<ProviderInfo>& plugins, ProviderInfo info) {
  const auto place = std::upper_bound(
      plugins.begin(), plugins.end(), info,
      [](const ProviderInfo& left, const ProviderInfo& right) { return left.file_name < right.file_name; });
  plugins.insert(place, std::move(info));
}

}  // namespace

Registry::Registry(Holders routes) : routes_(std::move(routes)), snapshot_(std::make_shared<const Snapshot>()) {}

base::Status Registry::check_free(std::string_view name) const {
  for (const auto& info : plugins_) {
    if (info.state == ProviderState::kRefused || info.name != name) continue;
    return base::fail(base::ErrorCode::kConflict, "its name \"" + std::string(name) + "\" is taken by " +
                                                      info.file_name +
                                                      "; take one of the two files out of the plugin folder, or "
                                                      "give one another name");
  }
  return {};
}

base::Status Registry::add(ProviderInfo info) {
  if (auto free = check_free(info.name); !free) return free;
  info.state = ProviderState::kStandby;
  insert_by_file(plugins_, std::move(info));
  return {};
}

void Registry::replace(ProviderInfo info) {
  drop(info.name);
  info.state = ProviderState::kStandby;
  insert_by_file(plugins_, std::move(info));
}

void Registry::leave(std::string_view name) {
  leaving_.emplace(name);
}

void Registry::remove(std::string_view name) {
  drop(name);
  leaving_.erase(std::string(name));
  disabled_.erase(std::string(name));
}

// Takes the provider that runs out of the list.
void Registry::drop(std::string_view name) {
  std::erase_if(plugins_, [name](const ProviderInfo& info) {
    return info.state != ProviderState::kRefused && info.name == name;
  });
}

void Registry::refuse(ProviderInfo info) {
  info.state = ProviderState::kRefused;
  insert_by_file(plugins_, std::move(info));
}

void Registry::set_refused(std::vector<ProviderInfo> refused) {
  std::erase_if(plugins_, [](const ProviderInfo& info) { return info.state == ProviderState::kRefused; });
  for (auto& info : refused)
    refuse(std::move(info));
}

base::Status Registry::set_enabled(std::string_view name, bool enabled) {
  if (awaited_.contains(std::string(name))) {
    return base::fail(base::ErrorCode::kUnavailable, "the provider \"" + std::string(name) +
                                                         "\" is still being started; ask again when it has started, "
                                                         "or take its file out of the plugin folder");
  }
  const ProviderInfo* refused = nullptr;
  for (const auto& info : plugins_) {
    if (info.name != name) continue;
    if (info.state == ProviderState::kRefused) {
      refused = &info;
      continue;
    }
    if (leaving_.contains(name)) {
      return base::fail(base::ErrorCode::kNotFound, "the provider \"" + std::string(name) +
                                                        "\" is being removed, since its file is gone from the plugin "
                                                        "folder");
    }
    if (enabled)
      disabled_.erase(info.name);
    else
      disabled_.insert(info.name);
    return {};
  }
  if (refused == nullptr)
    return base::fail(base::ErrorCode::kNotFound, "no provider is named \"" + std::string(name) + "\"");
  return base::fail(base::ErrorCode::kConflict, "the host has refused the file " + refused->file_name +
                                                    ", so it can be neither enabled nor disabled; mend the file, and "
                                                    "the host will try it again");
}

void Registry::mark_draining() {
  draining_ = true;
}

bool Registry::may_serve(const ProviderInfo& info, Channel channel) const {
  return serves(info, channel) && !disabled_.contains(info.name) && !leaving_.contains(info.name);
}

const ProviderInfo* Registry::find_serving(std::string_view name, Channel channel) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(), [&](const ProviderInfo& info) {
    return info.name == name && may_serve(info, channel);
  });
  return found == plugins_.end() ? nullptr : &*found;
}

const ProviderInfo* Registry::choose(Channel channel) const {
  if (const auto route = routes_.find(channel); route != routes_.end()) return find_serving(route->second, channel);
  if (const auto incumbent = incumbents_.find(channel); incumbent != incumbents_.end()) {
    if (const auto* const still_here = find_serving(incumbent->second, channel)) return still_here;
  }
  const auto first = std::find_if(plugins_.begin(), plugins_.end(),
                                  [&](const ProviderInfo& info) { return may_serve(info, channel); });
  return first == plugins_.end() ? nullptr : &*first;
}

ProviderState Registry::state_of(const ProviderInfo& info) const {
  if (leaving_.contains(info.name)) return ProviderState::kDraining;
  if (disabled_.contains(info.name)) return ProviderState::kDisabled;
  if (draining_) return ProviderState::kDraining;
  return info.active_channels.empty() ? ProviderState::kStandby : ProviderState::kActive;
}

std::vector<Registry::Unserved> Registry::settle() {
  auto next = std::make_shared<Snapshot>();
  std::vector<Unserved> unserved;
  for (const Channel channel : domain::kChannels) {
    if (const auto* const holder = choose(channel)) {
      next->holders.emplace(channel, holder->name);
    } else if (const auto route = routes_.find(channel); route != routes_.end()) {
      unserved.push_back({channel, route->second});
    }
  }
  for (auto& info : plugins_) {
    if (info.state == ProviderState::kRefused) continue;
    info.active_channels.clear();
    for (const auto& [channel, name] : next->holders) {
      if (name == info.name) info.active_channels.push_back(channel);
    }
    info.state = state_of(info);
  }
  // A holder stays the incumbent of its channel while another one serves it by an operator's choice.
  for (const auto& [channel, name] : next->holders) {
    const auto incumbent = incumbents_.find(channel);
    const bool comes_back = incumbent != incumbents_.end() && awaited_.contains(incumbent->second);
    if (!routes_.contains(channel) && !comes_back) incumbents_[channel] = name;
  }
  next->plugins = plugins_;
  const base::MutexLock lock(mutex_);
  snapshot_ = std::move(next);
  return unserved;
}

std::shared_ptr<const Registry::Snapshot> Registry::snapshot() const {
  const base::MutexLock lock(mutex_);
  return snapshot_;
}

std::optional<std::string> Registry::route(Channel channel) const {
  const auto seen = snapshot();
  const auto holder = seen->holders.find(channel);
  if (holder == seen->holders.end()) return std::nullopt;
  return holder->second;
}

std::vector<ProviderInfo> Registry::list() const {
  return snapshot()->plugins;
}

}  // namespace herald::providers
