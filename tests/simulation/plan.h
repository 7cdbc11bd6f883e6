// What a seed makes of a run before its first step: the host's settings, the providers, how often what happens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "carrier.h"
#include "choice.h"
#include "life.h"

namespace herald::simulation {

enum class Act : std::uint8_t {
  kStepWriter,
  kStepDispatcher,
  kStepLane,
  kStepAll,
  kPassLittle,
  kPassSome,
  kPassLong,
  kJumpWall,
  kSend,
  kSendAgain,
  kReceive,
  kReceipt,
  kAnswer,
  kAnswerTwice,
  kAnswerUnknown,
  kChangeMood,
  kCancel,
  kRetry,
  kRetryAll,
  kPause,
  kLoseProvider,
  kFailDisk,
  kHealDisk,
  kCheckpoint,
  kCrash,
  kCrashInCommit,
  kStopHost,
  kCount,
};

const char* to_string(Act act);

struct Plan {
  LifeOptions options;
  std::uint64_t steps = 0;
  std::array<unsigned, static_cast<std::size_t>(Act::kCount)> weights{};
  std::array<Carrier::Shape, 3> shapes;

  Plan(Choice& choice, const std::string& data_dir, const std::string& vfs);
};

}  // namespace herald::simulation
