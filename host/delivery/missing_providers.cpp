#include "delivery/missing_providers.h"

namespace herald::delivery {

MissingProviders::MissingProviders(const Services& services, const store::Reader& reader,
                                   std::chrono::milliseconds interval)
    : services_(services), reader_(reader), interval_(interval), next_at_(services.clock.mono()) {}

void MissingProviders::look(const Names& with_lane, const Names& paused) {
  next_at_ = services_.clock.mono() + interval_;
  const auto queues = reader_.queue_depths();
  if (!queues) {
    services_.log.warn("delivery.queues_read_failed", {{"error", queues.error().message}});
    return;
  }
  for (const auto& queue : *queues) {
    if (with_lane.count(queue.provider) > 0) {
      if (counted_.erase(queue.provider) == 0) continue;
      services_.log.info("delivery.provider_back", {{"provider_name", queue.provider}, {"waiting", queue.waiting}});
    } else if (queue.waiting > 0 && paused.count(queue.provider) == 0) {
      note(queue);
    }
  }
}

void MissingProviders::note(const store::QueueDepth& queue) {
  const auto [place, is_new] = counted_.try_emplace(queue.provider, 0);
  if (is_new) {
    services_.log.error("delivery.provider_missing", {{"provider_name", queue.provider}, {"waiting", queue.waiting}});
  }
  if (queue.waiting <= place->second) return;
  services_.metrics.invalid_routing.add(queue.waiting - place->second);
  place->second = queue.waiting;
}

}  // namespace herald::delivery
