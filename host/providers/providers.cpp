#include "providers/providers.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "base/worker.h"
#include "providers/plugin_folder.h"

namespace herald::providers {
namespace {

namespace fs = std::filesystem;

// What starts has this long before the next one is begun beside it, less when there are many.
constexpr std::chrono::milliseconds kLongestHeadStart{250};
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

Providers::Providers(Options options, const Surroundings& surroundings)
    : options_(std::move(options)),
      starts_(fs::path(options_.private_dir) / "starts", surroundings.log),
      surroundings_{surroundings.clock, surroundings.log, surroundings.metrics, &starts_},
      registry_(options_.routes),
      administration_(options_, registry_, roster_, surroundings_),
      retirement_(options_, surroundings_) {}

Providers::~Providers() {
  stop_all(surroundings_.clock.mono());
}

void Providers::start(const Outlets& outlets, const std::function<bool()>& cancelled) {
  outlets_.emplace(outlets);
  const auto kept = read_kept(outlets.kept.load(), surroundings_.log);
  administration_.prepare(*outlets_, kept);
  launch_.emplace(
      Launch::Parts{options_, surroundings_, outlets.inbound, administration_.kept(), administration_.fault_board()});
  follower_.emplace(
      FolderFollower::Parts{surroundings_, registry_, roster_, administration_, retirement_, *outlets_, *launch_});
  administration_.cure(*follower_);
  if (!follow_from_now_on(cancelled)) return;
  administration_.open();
  watch();
}

bool Providers::follow_from_now_on(const std::function<bool()>& cancelled) {
  auto folder = PluginFolder::open(options_);
  if (!folder) {
    surroundings_.log.error("provider.folder_unusable",
                            {{"error", folder.error().message}, {"effect", "the host runs without providers"}});
    return start_all({}, cancelled);
  }
  census_.emplace(std::move(*folder), surroundings_.log);
  auto census = census_->survey(cancelled);
  if (cancelled()) return false;
  if (!start_all(census ? std::move(*census) : Census{}, cancelled)) return false;
  std::set<fs::path> copies;
  if (!on_control_thread([this, &copies] { copies = follower_->copies(); })) return false;
  census_->remove_copies_except(std::move(copies));
  return true;
}

// Each start has a thread of its own, as while the host runs; here they are waited for, for a while.
bool Providers::start_all(Census census, const std::function<bool()>& cancelled) {
  // All are begun in the first half of the time.
  const auto head_start = std::min<std::chrono::nanoseconds>(
      kLongestHeadStart, options_.first_starts_timeout / 2 / std::max<std::size_t>(census.candidates.size(), 1));
  const auto over = std::make_shared<std::promise<void>>();
  const auto is_over = over->get_future();
  const auto begun =
      on_control_thread([this, &census, &over] { follower_->begin(std::move(census), [over] { over->set_value(); }); });
  if (!begun) return false;
  const auto deadline = surroundings_.clock.mono() + options_.first_starts_timeout;
  auto next = surroundings_.clock.mono() + head_start;
  while (is_over.wait_for(std::min<std::chrono::nanoseconds>(kLook, head_start)) != std::future_status::ready) {
    if (cancelled()) return false;
    const auto now = surroundings_.clock.mono();
    if (now >= deadline) break;
    if (now < next) continue;
    next = now + head_start;
    if (!on_control_thread([this] { follower_->begin_another(); })) return false;
  }
  return on_control_thread([this] { serve(); });
}

void Providers::serve() {
  warn_of_unserved(follower_->serve());
  warn_of_unused_settings();
}

// Waits for it. False when the host stops first.
bool Providers::on_control_thread(const std::function<void()>& task) {
  const auto done = std::make_shared<std::promise<bool>>();
  auto is_done = done->get_future();
  const bool posted = administration_.control().post_own({[&task, done] {
                                                            task();
                                                            done->set_value(true);
                                                          },
                                                          [done] { done->set_value(false); }});
  return posted && is_done.get();
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
  const auto cancelled = [this] { return stopping_.load(); };
  if (cancelled()) return;
  auto census = census_->survey(cancelled);
  if (!census) return;
  std::set<fs::path> copies;
  const bool followed = on_control_thread([this, &census, &copies] {
    follower_->follow(std::move(*census));
    copies = follower_->copies();
  });
  if (followed) census_->remove_copies_except(std::move(copies));
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
    if (follower_->starts(name) || (slot != nullptr && slot->guard()->injects_faults())) continue;
    surroundings_.log.warn(
        "provider.setting_unused",
        {{"provider_name", name},
         {"setting", "fault injection"},
         {"error", slot == nullptr ? "no provider of this name runs" : "this provider does not inject faults"}});
  }
  for (const auto& [name, config] : options_.provider_config) {
    if (follower_->starts(name) || roster_.find(name) != nullptr) continue;
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
