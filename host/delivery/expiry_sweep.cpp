#include "delivery/expiry_sweep.h"

#include <utility>

#include "delivery/report.h"

namespace herald::delivery {

ExpirySweep::ExpirySweep(const Services& services, const store::Reader& reader)
    : services_(services),
      reader_(reader),
      under_way_(std::make_shared<std::atomic<bool>>(false)),
      next_at_(services.clock.mono()) {}

bool ExpirySweep::step() {
  const base::MonoTime now = services_.clock.mono();
  if (now < next_at_) return false;
  if (under_way_->load(std::memory_order_acquire)) {
    next_at_ = now + kPagePause;
    return false;
  }
  const base::WallTime wall = services_.clock.wall();
  store::Expire expire;
  expire.ids = next_page(wall, now);
  if (expire.ids.empty()) return false;
  expire.now = wall;
  expire.done = [under_way = under_way_, &log = services_.log,
                 &metrics = services_.metrics](const base::Result<std::vector<store::ExpiredMessage>>& expired) {
    under_way->store(false, std::memory_order_release);
    // A failed commit leaves them pending: the next pass finds them again, and the writer has told of it.
    if (expired) report_expired(*expired, log, metrics);
  };
  under_way_->store(true, std::memory_order_release);
  services_.writer.submit(std::move(expire));
  return true;
}

std::vector<domain::MessageId> ExpirySweep::next_page(base::WallTime wall, base::MonoTime now) {
  auto page = reader_.expired(after_, wall, kPageRows);
  if (!page) {
    services_.log.warn("expiry.read_failed", {{"error", page.error().message}});
    next_at_ = now + kInterval;
    return {};
  }
  next_at_ = page->next ? base::MonoTime{now + kPagePause} : base::MonoTime{now + kInterval};
  after_ = page->next.value_or(domain::MessageId{});
  return std::move(page->ids);
}

}  // namespace herald::delivery
