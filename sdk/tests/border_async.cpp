// An asynchronous provider that does with its messages what their bodies tell it to.
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <herald/provider.h>

namespace {

class BorderAsync final : public herald::AsyncProvider, public herald::FaultInjection {
 public:
  static constexpr auto kTraits = herald::Traits{}.max_batch(8).max_in_flight(16);

  herald::Status start() override {
    gauge_ = host().gauge("Not A Name", "Refused by the host.");
    return gauge_ ? herald::Status::invalid("the host took a wrong name") : herald::Status::ok();
  }

  void submit(herald::Batch batch) override {
    for (herald::Pending& pending : batch)
      take(std::move(pending));
  }

  // Keeps what it holds: a plugin of this kind is careless, and the SDK sees to it that nothing comes after stop.
  void stop() override {
    for (std::thread& thread : threads_)
      thread.join();
  }

  // Completes what was kept, after stop, when the SDK must let nothing through.
  ~BorderAsync() override {
    for (herald::Pending& pending : kept_)
      pending.complete(herald::Outcome::success("too late"));
  }

  herald::Status set_faults(const herald::FaultProfile& profile) override {
    if (profile.error_pct == 66) throw std::runtime_error("faults broke");
    return profile.seed.value_or(0) == 13 ? herald::Status::invalid("unlucky") : herald::Status::ok();
  }

 private:
  void take(herald::Pending pending) {
    const auto body = pending.message().body();
    if (body == "keep") {
      kept_.push_back(std::move(pending));
    } else if (body == "drop") {
      const herald::Pending dropped = std::move(pending);
    } else if (body == "throw") {
      throw std::runtime_error("submit broke");
    } else if (body == "twice") {
      pending.complete(herald::Outcome::success("first"));
      if (pending.complete(herald::Outcome::success("second"))) throw std::logic_error("completed twice");
    } else if (body == "abandon") {
      pending.abandon();
    } else if (body == "thread") {
      threads_.emplace_back(
          [held = std::move(pending)]() mutable { held.complete(herald::Outcome::success("from a thread")); });
    } else {
      pending.complete(herald::Outcome::success("inline"));
    }
  }

  herald::Gauge gauge_;
  std::vector<herald::Pending> kept_;
  std::vector<std::thread> threads_;
};

}  // namespace

HERALD_PLUGIN(BorderAsync, "border-async", "0.0.1", "email");
