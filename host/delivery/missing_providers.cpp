#include "delivery/missing_providers.h"

namespace herald::delivery {
namespace {

constexpr const char* kCure =
    "bring back a version of the provider that takes this channel; until then they wait, as long as they live";

}  // namespace

MissingProviders::MissingProviders(const Services& services, const store::Reader& reader,
                                   std::chrono::milliseconds interval)
    : services_(services), reader_(reader), interval_(interval), next_at_(services.clock.mono()) {}

void MissingProviders::look(const Served& served, const Names& paused) {
  next_at_ = services_.clock.mono() + interval_;
  const auto queues = reader_.queue_depths();
  if (!queues) {
    services_.log.warn("delivery.queues_read_failed", {{"error", queues.error().message}});
    return;
  }
  for (const auto& queue : *queues) {
    const auto lane = served.find(queue.provider);
    const auto channels = lane == served.end() ? domain::ChannelSet{} : lane->second;
    const bool is_paused = paused.count(queue.provider) > 0;
    for (const auto channel : domain::kChannels)
      look_at({queue.provider, channel}, queue.waiting_in[channel], channels.contains(channel), is_paused);
  }
}

void MissingProviders::look_at(const Place& place, std::uint64_t waiting, bool is_served, bool is_paused) {
  if (!is_served) {
    if (waiting > 0 && !is_paused) note(place, waiting);
  } else if (counted_.erase(place) > 0) {
    services_.log.info(
        "delivery.provider_back",
        {{"provider_name", place.first}, {"channel", domain::to_string(place.second)}, {"waiting", waiting}});
  }
}

void MissingProviders::note(const Place& place, std::uint64_t waiting) {
  const auto [known, is_new] = counted_.try_emplace(place, 0);
  if (is_new) {
    services_.log.error("delivery.provider_missing", {{"provider_name", place.first},
                                                      {"channel", domain::to_string(place.second)},
                                                      {"waiting", waiting},
                                                      {"cure", kCure}});
  }
  if (waiting <= known->second) return;
  services_.metrics.invalid_routing.add(waiting - known->second);
  known->second = waiting;
}

}  // namespace herald::delivery
