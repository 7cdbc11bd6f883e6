// The host's parts, time and the disk.
#include "broken.h"
#include "simulation.h"

namespace herald::simulation {

using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t kLooksPerCount = 16;
constexpr unsigned kMostLongJumps = 3;
constexpr unsigned kMostSteps = 100'000;

}  // namespace

bool Simulation::step_writer() {
  const observe::Metrics& metrics = life_->metrics();
  const auto failures = metrics.commit_failures.value();
  const auto commits = metrics.commits.value();
  const bool was_healthy = life_->writer().healthy();
  const bool progressed = life_->writer().step();
  require(metrics.commit_failures.value() == failures || disk_was_ill_, "a commit fails only when the disk does", "");
  if (metrics.commits.value() > commits && disk_.fault() == Disk::Fault::kNone) disk_was_ill_ = false;
  if (progressed || life_->writer().healthy() != was_healthy) look();
  return progressed;
}

void Simulation::step_dispatcher() {
  life_->dispatcher().step();
}

void Simulation::step_lane(Provider& provider) {
  if (!provider.attached) return;
  const std::string& name = provider.carrier->name();
  delivery::Lane& lane = *life_->lanes().at(name);
  model_.lane_begins(name);
  lane.step();
  model_.lane_ended(name, lane.view());
}

void Simulation::step_all() {
  static_cast<void>(step_everything());
}

// True when a lane or the dispatcher or the writer did something.
bool Simulation::step_everything() {
  bool progressed = life_->dispatcher().step();
  progressed |= step_writer();
  for (auto& [name, provider] : providers_) {
    if (!provider.attached) continue;
    delivery::Lane& lane = *life_->lanes().at(name);
    model_.lane_begins(name);
    progressed |= lane.step();
    model_.lane_ended(name, lane.view());
  }
  return progressed;
}

void Simulation::step_until_quiet() {
  unsigned quiet = 0;
  for (unsigned i = 0; i < kMostSteps && quiet < 2; ++i) {
    ++steps_;
    quiet = step_everything() ? 0 : quiet + 1;
  }
  require(quiet == 2, "the host comes to rest", "it steps on and on");
}

// After every commit: the disk is as the model says.
void Simulation::look() {
  if (open_bulk_retries_ > 0) model_.all_may_be_retried();
  Stored& stored = life_->stored();
  model_.looked_at(stored.messages());
  if (++looks_ % kLooksPerCount == 0)
    require(stored.wrong_counters() == 0, "a conversation counts its messages", "after a commit");
  if (!life_->writer().healthy()) return;
  const auto expected = stored.queues();
  const auto shown = life_->reader().queue_depths();
  require(shown.has_value() && shown->size() == expected.size(), "every queue is shown", "");
  for (const auto& queue : *shown) {
    const StoredQueue& rows = expected.at(queue.provider);
    require(queue.waiting == rows.waiting && queue.dispatching == rows.dispatching, "a queue's counters are its rows",
            queue.provider + " shows " + std::to_string(queue.waiting) + "+" + std::to_string(queue.dispatching) +
                ", holds " + std::to_string(rows.waiting) + "+" + std::to_string(rows.dispatching));
  }
}

void Simulation::pass(milliseconds time) {
  clock_.advance(time);
  model_.time_moved();
  latest_wall_ = std::max(latest_wall_, clock_.wall());
}

void Simulation::jump_wall() {
  auto by = milliseconds{choice_.between(-60'000, 120'000)};
  if (choice_.one_in(6) && long_jumps_ < kMostLongJumps) {
    ++long_jumps_;
    by = std::chrono::hours{choice_.between(-1, 24)};
  }
  if (trace_.on()) say("the wall clock jumps by " + std::to_string(by.count()) + " ms");
  clock_.jump_wall(by);
  model_.time_moved();
  latest_wall_ = std::max(latest_wall_, clock_.wall());
}

void Simulation::fail_disk() {
  disk_was_ill_ = true;
  disk_.fail(choice_.one_of(
      {Disk::Fault::kLogWrite, Disk::Fault::kLogSync, Disk::Fault::kDatabaseSync, Disk::Fault::kCommitEnd}));
}

// The process dies within a step of the writer, whose answers nobody hears.
void Simulation::crash_in_commit() {
  disk_.end_process_after(1 + choice_.under(12));
  ++life_number_;
  life_->writer().step();
  crash(choice_.one_in(2));
}

void Simulation::stop_host() {
  if (stopping_) return;
  stopping_ = true;
  for (auto& [name, lane] : life_->lanes()) {
    lane->begin_stop();
    model_.leaving(name, true);
  }
}

}  // namespace herald::simulation
