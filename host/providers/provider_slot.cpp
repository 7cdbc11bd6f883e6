#include "providers/provider_slot.h"

#include <utility>

#include "providers/outcome_copy.h"

namespace herald::providers {

ProviderSlot::ProviderSlot(std::shared_ptr<Guard> first) : name_(first->name()), guard_(std::move(first)) {}

std::size_t ProviderSlot::max_batch() const {
  const auto running = guard();
  return running == nullptr ? 1 : running->max_batch();
}

std::size_t ProviderSlot::max_in_flight() const {
  const auto running = guard();
  return running == nullptr ? 1 : running->max_in_flight();
}

std::size_t ProviderSlot::calls_inside() const {
  const auto running = guard();
  return running == nullptr ? 0 : running->calls_inside();
}

bool ProviderSlot::emits_receipts() const {
  const auto running = guard();
  return running != nullptr && running->emits_receipts();
}

void ProviderSlot::submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) {
  const auto running = guard();
  // The lane has counted on the window of the version before, when this one has just taken over.
  const std::size_t window = running == nullptr ? 0 : running->max_in_flight();
  while (items.size() > window) {
    auto outcome = own_outcome(domain::OutcomeKind::kError, running == nullptr ? "provider_stopped" : "in_flight_full");
    outcome.unfinished = true;
    sink.complete(items.back().ticket, std::move(outcome));
    items.pop_back();
  }
  if (!items.empty()) running->submit(std::move(items), sink);
}

std::shared_ptr<Guard> ProviderSlot::guard() const {
  const base::MutexLock lock(mutex_);
  return guard_;
}

std::shared_ptr<Guard> ProviderSlot::replace(std::shared_ptr<Guard> next) {
  const base::MutexLock lock(mutex_);
  return std::exchange(guard_, std::move(next));
}

}  // namespace herald::providers
