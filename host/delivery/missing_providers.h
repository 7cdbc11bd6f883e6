// Messages that wait for a provider that is not there, or no longer takes their channel: its library was taken away or
// replaced, or refuses to load, after they were accepted. They are tried by no one; they go on when it is back, or
// expire.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "delivery/services.h"
#include "domain/channel.h"
#include "store/store.h"

namespace herald::delivery {

// The dispatcher's thread only.
class MissingProviders {
 public:
  // `reader` is borrowed and outlives this. The first look is due at once.
  MissingProviders(const Services& services, const store::Reader& reader, std::chrono::milliseconds interval);

  using Names = std::set<std::string, std::less<>>;
  using Served = std::map<std::string, domain::ChannelSet, std::less<>>;  // by the provider's name

  // Compares the queues with what the lanes take. Tells of a provider's channel when it is found missing and when it is
  // back, and counts its messages as not routable, each once while it stays away. A paused provider is no matter of
  // this: an operator wanted it so.
  void look(const Served& served, const Names& paused);

  // When the next look is due.
  base::MonoTime next_at() const { return next_at_; }

 private:
  using Place = std::pair<std::string, domain::Channel>;

  void look_at(const Place& place, std::uint64_t waiting, bool is_served, bool is_paused);
  void note(const Place& place, std::uint64_t waiting);

  const Services services_;
  const store::Reader& reader_;
  const std::chrono::milliseconds interval_;
  base::MonoTime next_at_;
  // Of what is missing: how many messages were counted. None can be accepted for it, so more than that are waiting only
  // when an operator retries old ones.
  std::map<Place, std::uint64_t> counted_;
};

}  // namespace herald::delivery
