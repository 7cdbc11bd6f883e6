#include "simulation.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "broken.h"
#include "support/private_folder.h"

namespace herald::simulation {

using std::chrono::milliseconds;

namespace {

constexpr std::array kNames{"alpha", "beta", "gamma"};  // alpha and beta serve SMS, gamma serves email
constexpr unsigned kMostRounds = 6'000;

std::string with_placeholder(const std::string& data_dir) {
  // The store looks whether its file is in place and not empty; the bytes themselves are on the simulated disk.
  test::make_private_folder(data_dir);
  std::filesystem::permissions(data_dir, std::filesystem::perms::owner_all);
  std::ofstream(data_dir + "/herald.db") << "the database is on a simulated disk\n";
  return data_dir;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, const std::string& data_dir, bool trace)
    : choice_(seed),
      trace_(trace, clock_),
      plan_(choice_, with_placeholder(data_dir), disk_.vfs()),
      model_(plan_.options.delivery, plan_.options.store.uncertain_policy == store::UncertainPolicy::kHold, clock_),
      latest_wall_(clock_.wall()) {
  const Carrier::Listener listener{
      [this](Carrier& carrier, const domain::DispatchItem& item) { called(carrier, item); },
      [this](Carrier& carrier) { submitted(carrier); }};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    Provider& provider = providers_[kNames.at(i)];
    provider.carrier = std::make_unique<Carrier>(kNames.at(i), plan_.shapes.at(i), listener);
    provider.channel = i == 2 ? domain::Channel::kEmail : domain::Channel::kSms;
  }
}

Simulation::~Simulation() {
  ++life_number_;
}

std::optional<std::string> Simulation::route(domain::Channel channel) const {
  for (const auto& [name, provider] : providers_) {
    if (provider.channel == channel && provider.attached && !provider.leaving && !provider.paused) return name;
  }
  return std::nullopt;
}

void Simulation::run() {
  try {
    start();
    while (steps_ < plan_.steps)
      step();
    rest();
    finish();
  } catch (const Broken& broken) {
    throw Broken("at step " + std::to_string(steps_) + ": " + broken.what());
  }
}

void Simulation::step() {
  ++steps_;
  if (stopping_ && choice_.one_in(40)) return crash(false);
  const bool met_error = std::any_of(keys_.begin(), keys_.end(), [](const Key& key) { return key.met_error; });
  const Act chosen = met_error && choice_.one_in(8) ? Act::kSendAgain : choose();
  if (trace_.on()) say(to_string(chosen));
  act(chosen);
}

Act Simulation::choose() {
  const auto total = std::accumulate(plan_.weights.begin(), plan_.weights.end(), 0U);
  auto at = choice_.under(total);
  std::size_t chosen = 0;
  for (; at >= plan_.weights.at(chosen); ++chosen)
    at -= plan_.weights.at(chosen);
  return static_cast<Act>(chosen);
}

void Simulation::act(Act act) {
  switch (act) {
    case Act::kStepWriter:
      return static_cast<void>(step_writer());
    case Act::kStepDispatcher:
      return step_dispatcher();
    case Act::kStepLane:
      return step_lane(any_provider());
    case Act::kStepAll:
      return step_all();
    case Act::kPassLittle:
      return pass(milliseconds{choice_.between(1, 50)});
    case Act::kPassSome:
      return pass(milliseconds{choice_.between(50, 3'000)});
    case Act::kPassLong:
      return pass(milliseconds{choice_.between(3'000, 90'000)});
    case Act::kJumpWall:
      return jump_wall();
    case Act::kSend:
      return send();
    case Act::kSendAgain:
      return send_again();
    case Act::kReceive:
      return receive();
    case Act::kReceipt:
      return receipt();
    case Act::kAnswer:
      return answer_one(false);
    case Act::kAnswerTwice:
      return answer_one(true);
    case Act::kAnswerUnknown:
      return answer_unknown();
    case Act::kChangeMood:
      return change_mood();
    case Act::kCancel:
      return cancel();
    case Act::kRetry:
      return retry();
    case Act::kRetryAll:
      return retry_all();
    case Act::kPause:
      return pause();
    case Act::kLoseProvider:
      return lose_or_return_provider();
    case Act::kFailDisk:
      return fail_disk();
    case Act::kHealDisk:
      return disk_.heal();
    case Act::kCheckpoint:
      return life_->stored().checkpoint();
    case Act::kCrash:
      return crash(choice_.one_in(2));
    case Act::kCrashInCommit:
      return crash_in_commit();
    case Act::kStopHost:
      return stop_host();
    case Act::kCount:
      break;
  }
}

Simulation::Provider& Simulation::any_provider() {
  return providers_.at(kNames.at(choice_.under(kNames.size())));
}

void Simulation::start() {
  life_ = std::make_unique<Life>(plan_.options, *this, clock_, trace_);
  stopping_ = false;
  disk_was_ill_ = false;
  model_.restarted();
  for (auto& [name, provider] : providers_) {
    attach(provider);
    // An operator's word survives the restart.
    life_->dispatcher().set_paused(name, provider.paused);
  }
  look();
}

// What was on its way to the disk may have arrived, and nobody will ever be told.
void Simulation::crash(bool power_cut) {
  if (trace_.on()) say(power_cut ? "the power is cut" : "the process is killed");
  ++life_number_;
  for (const auto& [order, body] : open_retries_)
    model_.may_be_retried(body);
  if (open_bulk_retries_ > 0) model_.all_may_be_retried();
  for (const auto& [order, one] : open_receipts_)
    model_.receipt(one.provider, one.id, one.delivered, true);
  open_retries_.clear();
  open_bulk_retries_ = 0;
  open_receipts_.clear();
  disk_.end_process();
  for (auto& [name, provider] : providers_)
    provider.carrier->forget();
  life_.reset();
  disk_.restart(power_cut, choice_.random());
  disk_.heal();
  Stored found(plan_.options.store.data_dir + "/herald.db", disk_.vfs());
  require(found.integrity() == "ok", "a crash leaves a sound database", found.integrity());
  model_.crashed(found.messages());
  start();
}

// Faults cease and time passes: everything must come to its end.
void Simulation::rest() {
  say("faults cease");
  resting_ = true;
  disk_.heal();
  if (stopping_) crash(false);
  for (auto& [name, provider] : providers_) {
    provider.mood = Mood::kWell;
    provider.paused = false;
    life_->dispatcher().set_paused(name, false);
  }
  bool long_pass = false;
  for (unsigned round = 0; round < kMostRounds; ++round) {
    for (auto& [name, provider] : providers_) {
      while (!provider.carrier->held().empty())
        answer(provider, 0, false);
      if (provider.leaving || !provider.attached) lose_or_return_provider();
    }
    step_until_quiet();
    const auto queues = life_->reader().queue_depths();
    require(queues.has_value(), "the store answers", queues ? "" : queues.error().message);
    std::uint64_t left = 0;
    for (const auto& queue : *queues)
      left += queue.waiting + queue.dispatching;
    // A lane may still have to settle anew what a commit that was told as failed has settled.
    if (left == 0 && life_->writer().healthy() && busy_lane().empty()) return;
    if (long_pass) model_.nothing_waits_in_vain();
    const auto time = milliseconds{choice_.one_of({200, 1'000, 5'000})};
    // Longer than the host's polls and its pauses after a failed commit.
    long_pass = life_->writer().healthy() && time >= milliseconds{1'000};
    pass(time);
  }
}

std::string Simulation::busy_lane() const {
  for (const auto& [name, provider] : providers_) {
    if (provider.attached && !life_->lanes().at(name)->idle()) return name;
  }
  return {};
}

void Simulation::finish() {
  require(busy_lane().empty(), "a lane without work is idle", busy_lane());
  look();
  model_.at_rest();
  require(open_retries_.empty() && open_bulk_retries_ == 0 && open_receipts_.empty(), "every order is answered", "");
  require(life_->stored().wrong_counters() == 0, "a conversation counts its messages", "at rest");
  crash(true);
}

}  // namespace herald::simulation
