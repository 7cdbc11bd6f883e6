// Messages that wait for a provider that is not there: its library was taken away, or refuses to load, after it had
// accepted them. They are tried by no one; they go on when it is back, or expire.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "delivery/services.h"
#include "store/store.h"

namespace herald::delivery {

// The dispatcher's thread only.
class MissingProviders {
 public:
  // `reader` is borrowed and outlives this. The first look is due at once.
  MissingProviders(const Services& services, const store::Reader& reader, std::chrono::milliseconds interval);

  using Names = std::set<std::string, std::less<>>;

  // Compares the queues with the providers that have a lane. Tells of one when it is found missing and when it is back,
  // and counts its messages as not routable, each once while it stays away. A paused one is no matter of this: an
  // operator wanted it so.
  void look(const Names& with_lane, const Names& paused);

  // When the next look is due.
  base::MonoTime next_at() const { return next_at_; }

 private:
  void note(const store::QueueDepth& queue);

  const Services services_;
  const store::Reader& reader_;
  const std::chrono::milliseconds interval_;
  base::MonoTime next_at_;
  // By the missing provider's name: how many of its messages were counted. None can be accepted for it, so more than
  // that are waiting only when an operator retries old ones.
  std::map<std::string, std::uint64_t> counted_;
};

}  // namespace herald::delivery
