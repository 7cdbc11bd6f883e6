#include "plan.h"

#include <algorithm>

namespace herald::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Usual {
  Act act;
  const char* name;
  unsigned weight;
  bool always;  // else a run may do without it
};

constexpr std::array kUsual{
    Usual{Act::kStepWriter, "writer", 260, true},
    Usual{Act::kStepDispatcher, "dispatcher", 180, true},
    Usual{Act::kStepLane, "lane", 320, true},
    Usual{Act::kStepAll, "all", 60, true},
    Usual{Act::kPassLittle, "pass", 90, true},
    Usual{Act::kPassSome, "pass", 60, true},
    Usual{Act::kPassLong, "pass", 8, false},
    Usual{Act::kJumpWall, "jump", 4, false},
    Usual{Act::kSend, "send", 70, true},
    Usual{Act::kSendAgain, "send again", 25, false},
    Usual{Act::kReceive, "receive", 15, false},
    Usual{Act::kReceipt, "receipt", 25, false},
    Usual{Act::kAnswer, "answer", 80, false},
    Usual{Act::kAnswerTwice, "answer twice", 12, false},
    Usual{Act::kAnswerUnknown, "answer unknown", 8, false},
    Usual{Act::kChangeMood, "mood", 14, true},
    Usual{Act::kCancel, "cancel", 14, false},
    Usual{Act::kRetry, "retry", 14, false},
    Usual{Act::kRetryAll, "retry all", 4, false},
    Usual{Act::kPause, "pause", 6, false},
    Usual{Act::kLoseProvider, "lose provider", 4, false},
    Usual{Act::kFailDisk, "fail disk", 5, false},
    Usual{Act::kHealDisk, "heal disk", 15, true},
    Usual{Act::kCheckpoint, "checkpoint", 5, false},
    Usual{Act::kCrash, "crash", 4, false},
    Usual{Act::kCrashInCommit, "crash in commit", 5, false},
    Usual{Act::kStopHost, "stop host", 1, false},
};
static_assert(kUsual.size() == static_cast<std::size_t>(Act::kCount));

LifeOptions options_of(Choice& choice) {
  LifeOptions options;
  auto& delivery = options.delivery;
  delivery.breaker.failure_threshold = choice.one_of<std::uint64_t>({1, 2, 3, 5, 20});
  delivery.breaker.open_time = seconds{choice.one_of({1, 5, 30})};
  delivery.breaker.half_open_samples = choice.one_of<std::uint32_t>({1, 2, 3});
  delivery.retry.max_retries = choice.one_of<std::uint32_t>({0, 1, 2, 4, 8});
  delivery.retry.backoff_base = milliseconds{choice.one_of({1, 100, 750, 5'000})};
  delivery.retry.backoff_max = milliseconds{choice.one_of({1'000, 8'000, 60'000})};
  delivery.dispatch_timeout = milliseconds{choice.one_of({200, 1'000, 10'000, 60'000})};
  options.store.uncertain_policy = choice.one_in(3) ? store::UncertainPolicy::kHold : store::UncertainPolicy::kResend;
  options.store.queue_max = choice.one_of<std::uint64_t>({8, 1'000, 1'000});
  options.store.max_batch = choice.one_of<std::size_t>({1, 3, 1'024});
  options.store.idempotency_ttl = seconds{choice.one_of({120, 86'400})};
  options.intake.idempotency_ttl = options.store.idempotency_ttl;
  options.intake.message_ttl = seconds{choice.one_of({60, 600, 3'600})};
  options.intake.rate_limit_per_ip_per_min = choice.one_of({0U, 0U, 30U});
  options.intake.rate_limit_per_sender_per_min = choice.one_of({0U, 0U, 10U});
  return options;
}

}  // namespace

const char* to_string(Act act) {
  return kUsual.at(static_cast<std::size_t>(act)).name;
}

Plan::Plan(Choice& choice, const std::string& data_dir, const std::string& vfs)
    : options(options_of(choice)), steps(static_cast<std::uint64_t>(choice.between(150, 900))) {
  options.store.data_dir = data_dir;
  options.store.vfs = vfs;
  for (const Usual& usual : kUsual) {
    const auto times = usual.always ? choice.one_of({2U, 2U, 1U, 4U}) : choice.one_of({0U, 2U, 2U, 6U});
    weights.at(static_cast<std::size_t>(usual.act)) = usual.weight * times;
  }
  for (Carrier::Shape& shape : shapes) {
    shape.max_batch = choice.one_of<std::size_t>({1, 2, 8});
    shape.max_in_flight = choice.one_of<std::size_t>({1, 3, 16});
    shape.blocks = choice.one_in(3);
    shape.receipts = !choice.one_in(3);
  }
}

}  // namespace herald::simulation
