#include "providers/providers.h"

#include <filesystem>
#include <future>
#include <set>
#include <system_error>
#include <utility>

#include "base/worker.h"
#include "providers/plugin_folder.h"

namespace herald::providers {

Providers::Providers(Options options, const Surroundings& surroundings)
    : options_(std::move(options)),
      starts_(std::filesystem::path(options_.private_dir) / "starts", surroundings.log),
      surroundings_{surroundings.clock, surroundings.log, surroundings.metrics, &starts_},
      registry_(options_.routes),
      administration_(options_, registry_, roster_, surroundings_),
      retirement_(options_, surroundings_) {}

Providers::~Providers() {
  stop_all(surroundings_.clock.mono());
}

void Providers::start(const Outlets& outlets, const std::function<bool()>& cancelled) {
  outlets_.emplace(outlets);
  administration_.prepare(*outlets_, read_kept(outlets.kept.load(), surroundings_.log));
  launch_.emplace(
      Launch::Parts{options_, surroundings_, outlets.inbound, administration_.kept(), administration_.fault_board()});
  follower_.emplace(
      FolderFollower::Parts{surroundings_, registry_, roster_, administration_, retirement_, *outlets_, *launch_});
  administration_.cure(*follower_);
  // A plugin that hangs while the host starts does not keep a stop waiting.
  const auto& patience = administration_.control().patience();
  patience->end_when(cancelled);
  const bool complete = follow_from_now_on(cancelled);
  patience->end_when({});
  if (!complete) return;
  warn_of_unserved(administration_.enablement().settle());
  warn_of_unused_settings();
  administration_.open();
  watch();
}

bool Providers::follow_from_now_on(const std::function<bool()>& cancelled) {
  auto folder = PluginFolder::open(options_);
  if (!folder) {
    surroundings_.log.error("provider.folder_unusable",
                            {{"error", folder.error().message}, {"effect", "the host runs without providers"}});
    return true;
  }
  census_.emplace(std::move(*folder), surroundings_.log);
  auto census = census_->survey(cancelled);
  if (cancelled()) return false;
  if (!follower_->begin(census ? std::move(*census) : Census{}, cancelled)) return false;
  census_->remove_copies_except(follower_->copies());
  return true;
}

void Providers::watch() {
  if (!census_) return;
  auto started = FolderWatch::start(options_.plugin_dir, {}, surroundings_.log, [this] { folder_changed(); });
  if (started) {
    watch_ = std::move(*started);
    return;
  }
  surroundings_.log.error("provider.folder_not_watched",
                          {{"error", started.error().message},
                           {"effect", "files that come, change or go are seen at the next start only"}});
}

// On the watch's thread: the probes of new files hold up no operator.
void Providers::folder_changed() {
  using Copies = std::set<std::filesystem::path>;
  const auto cancelled = [this] { return stopping_.load(); };
  if (cancelled()) return;
  auto census = census_->survey(cancelled);
  if (!census) return;
  // Shared with the task, which may be declined.
  const auto round = std::make_shared<std::promise<std::optional<Copies>>>();
  auto made = round->get_future();
  const auto held = std::make_shared<Census>(std::move(*census));
  const bool posted = administration_.control().post_own({[this, round, held] {
                                                            follower_->follow(std::move(*held));
                                                            round->set_value(follower_->copies());
                                                          },
                                                          [round] { round->set_value(std::nullopt); }});
  if (!posted) return;  // the host stops
  if (const auto in_use = made.get()) census_->remove_copies_except(*in_use);
}

void Providers::warn_of_unserved(const std::vector<Registry::Unserved>& unserved) {
  for (const auto& [channel, wanted] : unserved) {
    surroundings_.log.error("provider.channel_unserved",
                            {{"channel", domain::to_string(channel)},
                             {"provider_name", wanted},
                             {"error",
                              "the route of this channel names a provider that is not running, is disabled or does not "
                              "offer it; put its plugin into the plugin folder, enable it, or change the route"}});
  }
}

void Providers::warn_of_unused_settings() {
  for (const auto& [name, profile] : options_.provider_faults) {
    const auto slot = roster_.find(name);
    if (slot != nullptr && slot->guard()->injects_faults()) continue;
    surroundings_.log.warn(
        "provider.setting_unused",
        {{"provider_name", name},
         {"setting", "fault injection"},
         {"error", slot == nullptr ? "no provider of this name runs" : "this provider does not inject faults"}});
  }
  for (const auto& [name, config] : options_.provider_config) {
    if (roster_.find(name) != nullptr) continue;
    surroundings_.log.warn(
        "provider.setting_unused",
        {{"provider_name", name}, {"setting", "configuration"}, {"error", "no provider of this name runs"}});
  }
}

void Providers::begin_stop() {
  stopping_ = true;
  administration_.close();  // whoever waits for a change is answered while the host still answers
  if (follower_) follower_->end();
}

std::size_t Providers::stop_all(base::MonoTime deadline) {
  begin_stop();
  retirement_.hurry(deadline);
  std::atomic<std::size_t> abandoned{0};
  if (const auto slots = roster_.all(); !slots.empty()) {
    registry_.mark_draining();
    registry_.settle();
    std::vector<base::Worker> stopping;  // joined at the end of this block
    for (const auto& slot : slots) {
      if (registry_.leaving(slot->name())) continue;  // its own thread stops it
      const auto stop = [&abandoned, slot, deadline] {
        if (!slot->guard()->stop(deadline)) ++abandoned;
      };
      try {
        stopping.emplace_back("provider-stop", stop);
      } catch (const std::system_error&) {
        stop();  // bounded all the same, though one after another
      }
    }
  }
  const std::size_t left_behind = retirement_.finish();
  if (watch_) watch_->stop();  // last: it may have to wait for a file's probe
  return abandoned + left_behind + starts_.left_behind();
}

}  // namespace herald::providers
