#include "providers/flights.h"

#include <utility>
#include <vector>

#include "providers/kept.h"
#include "providers/outcome_copy.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;

// SplitMix64's finaliser (Steele, Lea, Flood 2014): a permutation of the 64-bit numbers, so that distinct counts give
// distinct handles, far apart from each other.
std::uint64_t permuted(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

}  // namespace

Flights::Flights(std::size_t capacity, std::uint64_t secret, observe::ProviderMetrics& metrics)
    : capacity_(capacity), secret_(secret), metrics_(&metrics) {
  completion_.struct_size = sizeof completion_;
  completion_.context = this;
  completion_.complete = Flights::complete;
}

bool Flights::has_room_for(std::size_t count, base::MonoTime now) {
  if (flights_.size() - overdue_ + count <= capacity_) return true;
  // Full: a well-behaved plugin has completed, or its lane has given up, some of these.
  for (auto& [handle, flight] : flights_) {
    if (flight.overdue || flight.batch->deadline(flight.index) > now) continue;
    flight.overdue = true;
    ++overdue_;
  }
  return overdue_ <= kMaxOverdue && flights_.size() - overdue_ + count <= capacity_;
}

Flights::Opened Flights::open(const std::shared_ptr<Batch>& batch, base::MonoTime now) {
  const base::MutexLock lock(mutex_);
  if (closed_) return Opened::kClosed;
  if (!has_room_for(batch->size(), now)) return Opened::kFull;
  for (std::size_t i = 0; i < batch->size(); ++i) {
    const std::uint64_t handle = permuted(secret_ + next_++);
    batch->set_handle(i, handle);
    flights_.emplace(handle, Flight{batch, i, false});
  }
  return Opened::kOpened;
}

Flights::Flight Flights::take(std::uint64_t handle) {
  const base::MutexLock lock(mutex_);
  auto node = flights_.extract(handle);
  if (node.empty()) return {};
  if (node.mapped().overdue) --overdue_;
  ++delivering_;
  return std::move(node.mapped());
}

void Flights::count_stray(std::uint64_t handle) {
  const base::MutexLock lock(mutex_);
  if (metrics_ == nullptr) return;
  if (given_up_.erase(handle) > 0)
    metrics_->late_completions.add();
  else
    metrics_->invalid_completions.add();
}

void Flights::deliver(const Flight& flight, domain::Outcome outcome) {
  flight.batch->sink().complete(flight.batch->ticket(flight.index), std::move(outcome));
  const base::MutexLock lock(mutex_);
  if (--delivering_ == 0) delivered_.notify_all();
}

// The border: called by plugins. Nothing may be thrown out of it; what could throw is memory that has run out, and that
// ends the process.
void Flights::complete(void* context, std::uint64_t item, const herald_outcome* outcome) noexcept {
  auto& self = *static_cast<Flights*>(context);
  const Flight flight = self.take(item);
  if (flight.batch == nullptr)
    self.count_stray(item);
  else
    self.deliver(flight, copy_outcome(outcome));
}

void Flights::give_back(const Batch& batch, const domain::Outcome& outcome) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Flight flight = take(batch.handle(i));
    if (flight.batch != nullptr) deliver(flight, outcome);
  }
}

void Flights::close(bool keep_memory, bool unfinished) {
  std::vector<Flight> lost;
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
    for (auto& [handle, flight] : flights_) {
      given_up_.insert(handle);
      lost.push_back(std::move(flight));
      ++delivering_;
    }
    flights_.clear();
    overdue_ = 0;
  }
  for (const Flight& flight : lost) {
    auto outcome = own_outcome(OutcomeKind::kTimeout, "provider_stopped");
    outcome.unfinished = unfinished;
    deliver(flight, std::move(outcome));
    if (keep_memory) keep_until_exit(flight.batch);
  }
  const base::MutexLock lock(mutex_);
  while (delivering_ > 0)
    delivered_.wait(mutex_);
}

void Flights::detach() {
  const base::MutexLock lock(mutex_);
  metrics_ = nullptr;
}

std::size_t Flights::in_flight() const {
  const base::MutexLock lock(mutex_);
  return flights_.size();
}

}  // namespace herald::providers
