#include "providers/provider_slot.h"

#include <algorithm>
#include <utility>

#include "providers/outcome_copy.h"

namespace herald::providers {

namespace {

void give_back(const domain::DispatchItem& item, std::string error_code, domain::OutcomeSink& sink) {
  auto outcome = own_outcome(domain::OutcomeKind::kError, std::move(error_code));
  outcome.unfinished = true;
  sink.complete(item.ticket, std::move(outcome));
}

}  // namespace

ProviderSlot::ProviderSlot(std::shared_ptr<Guard> first) : name_(first->name()), guard_(std::move(first)) {}

domain::ChannelSet ProviderSlot::channels() const {
  const auto running = guard();
  return running == nullptr ? domain::ChannelSet{} : running->channels();
}

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
  // The lane has counted on the version before, when this one has just taken over.
  const auto channels = running == nullptr ? domain::ChannelSet{} : running->channels();
  const auto foreign = std::stable_partition(items.begin(), items.end(), [channels](const domain::DispatchItem& item) {
    return channels.contains(item.message.content.channel);
  });
  for (auto item = foreign; item != items.end(); ++item)
    give_back(*item, running == nullptr ? "provider_stopped" : "channel_left", sink);
  items.erase(foreign, items.end());
  const std::size_t window = running == nullptr ? 0 : running->max_in_flight();
  while (items.size() > window) {
    give_back(items.back(), "in_flight_full", sink);
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
