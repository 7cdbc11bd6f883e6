// Expires what no claim will look at: messages whose time passed while their lane was parked, paused or absent.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "delivery/services.h"
#include "store/store.h"

namespace herald::delivery {

// The dispatcher's thread only; the store's answer comes on the writer's.
class ExpirySweep {
 public:
  // Between the end of one pass over the queue and the next.
  static constexpr std::chrono::seconds kInterval{1};
  // A pass goes page by page with a pause between them, so that a long queue delays no claim.
  static constexpr std::size_t kPageRows = 4096;
  static constexpr std::chrono::milliseconds kPagePause{20};

  // `reader` is borrowed and outlives the sweep.
  ExpirySweep(const Services& services, const store::Reader& reader);

  // Looks at one page when its time has come, and submits an Expire for what is expired there. True when it submitted
  // one. Reads from the database on the calling thread.
  bool step();

  base::MonoTime next_at() const { return next_at_; }

 private:
  std::vector<domain::MessageId> next_page(base::WallTime wall, base::MonoTime now);

  const Services services_;
  const store::Reader& reader_;
  // True while an Expire is at the writer, whose closure shares it.
  const std::shared_ptr<std::atomic<bool>> under_way_;
  base::MonoTime next_at_;
  domain::MessageId after_;  // the last one that this pass has looked at
};

}  // namespace herald::delivery
