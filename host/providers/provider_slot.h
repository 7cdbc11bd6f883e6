// A provider's place in the host, which outlives its versions: its lane calls whichever version runs, and notices
// nothing of an upgrade.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "domain/ports.h"
#include "providers/guard.h"

namespace herald::providers {

// Any thread, but for submit, which one calls at a time. A caller that is inside a version when it is replaced finishes
// there: it shares the ownership of the guard.
class ProviderSlot final : public domain::ProviderPort {
 public:
  explicit ProviderSlot(std::shared_ptr<Guard> first);

  const std::string& name() const override { return name_; }
  // Of the version that runs; the least there is while none does.
  domain::ChannelSet channels() const override;
  std::size_t max_batch() const override;
  std::size_t max_in_flight() const override;
  std::size_t calls_inside() const override;
  bool emits_receipts() const override;
  // What is beyond the window of the version that runs, or of a channel that it does not offer, comes back unfinished:
  // everything, when none does.
  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override;

  // Null when none runs any more.
  std::shared_ptr<Guard> guard() const HERALD_EXCLUDES(mutex_);
  // From here on `next`, or nothing when it is null, is called; the former one, which others may still be calling.
  std::shared_ptr<Guard> replace(std::shared_ptr<Guard> next) HERALD_EXCLUDES(mutex_);

 private:
  const std::string name_;

  mutable base::Mutex mutex_;
  std::shared_ptr<Guard> guard_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
