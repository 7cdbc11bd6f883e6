// The lanes of the providers that run, each with its thread: come and go with their providers, and end together in the
// host's stop.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/loop.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "delivery/options.h"
#include "delivery/services.h"
#include "domain/ports.h"
#include "observe/log.h"

namespace herald::app {

// drain, end and settle_last are called by the main thread, in this order, once each; the rest by any thread.
class Lanes final : public domain::LaneControl {
 public:
  // All are borrowed and outlive this object.
  Lanes(delivery::Dispatcher& dispatcher, const delivery::Options& options, const delivery::Services& services);
  ~Lanes() override;
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  void set_paused(std::string_view provider, bool paused) override { dispatcher_.set_paused(provider, paused); }
  base::Status attach(domain::ProviderPort& port) override HERALD_EXCLUDES(mutex_);
  void begin_detach(std::string_view provider) override HERALD_EXCLUDES(mutex_);
  bool idle(std::string_view provider) const override HERALD_EXCLUDES(mutex_);
  base::Status detach(std::string_view provider, std::chrono::milliseconds bound) override HERALD_EXCLUDES(mutex_);

  // No lane claims anything from here on, and none is given any more. Waits until all are idle, or `bound`; those that
  // are not then are logged.
  void drain(std::chrono::milliseconds bound) HERALD_EXCLUDES(mutex_);
  // Ends the lanes' threads, all within `bound`. False when a plugin holds one of them: this object must then never be
  // destroyed.
  bool end(std::chrono::milliseconds bound) HERALD_EXCLUDES(mutex_);
  // After end() has returned true and the providers have stopped: settles what they still completed, in the lanes'
  // stead.
  void settle_last(std::chrono::milliseconds bound) HERALD_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::shared_ptr<delivery::Lane> lane;
    std::unique_ptr<Loop<delivery::Lane>> loop;  // after what it steps
  };

  std::vector<std::shared_ptr<delivery::Lane>> lanes() const HERALD_EXCLUDES(mutex_);

  delivery::Dispatcher& dispatcher_;
  const delivery::Options options_;
  const delivery::Services services_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::map<std::string, Entry, std::less<>> entries_ HERALD_GUARDED_BY(mutex_);
  // Their thread did not end in time; kept as they are.
  std::vector<Entry> held_up_ HERALD_GUARDED_BY(mutex_);
  std::size_t detaching_ HERALD_GUARDED_BY(mutex_) = 0;  // lanes that are out of the map and not ended yet
  bool stopping_ HERALD_GUARDED_BY(mutex_) = false;      // since drain()
  bool ending_ HERALD_GUARDED_BY(mutex_) = false;        // since end()
};

}  // namespace herald::app
