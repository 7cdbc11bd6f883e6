// Starts of plugins while the host runs, each on a thread of its own, so that one that hangs holds up neither another
// file nor an operator's change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/worker.h"
#include "providers/bounded_call.h"
#include "providers/control_thread.h"
#include "providers/guard.h"

namespace herald::providers {

// The control thread alone, but for end().
class BackgroundStarts {
 public:
  using Started = base::Result<std::shared_ptr<Guard>>;
  using Start = std::function<Started(const std::shared_ptr<Patience>&)>;

  struct Then {
    std::function<void(Started, bool cancelled)> run;  // on the control thread; begin() may be called again by then
    std::function<void()> decline;                     // instead of run, once the host stops
  };

  // Borrowed; outlives this object.
  explicit BackgroundStarts(ControlThread& control) : control_(control) {}
  ~BackgroundStarts();
  BackgroundStarts(const BackgroundStarts&) = delete;
  BackgroundStarts& operator=(const BackgroundStarts&) = delete;

  // Runs `start`, which waits by its patience only, on a thread "provider-start". At most one for each provider.
  void begin(const std::string& provider, Start start, Then then);
  bool under_way(const std::string& provider) const { return threads_.count(provider) > 0; }
  // Nobody wants this one any more: it comes back soon, and its `then` is told so.
  void cancel(const std::string& provider);

  // After the control thread was closed: cancels all, and joins their threads. Called by the thread that stops the
  // host.
  void end();

 private:
  struct Thread {
    std::shared_ptr<Patience> patience;
    base::Worker worker;
  };

  ControlThread& control_;
  std::map<std::string, Thread> threads_;  // by the provider's name; last: they use what stands above
};

}  // namespace herald::providers
