#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "providers/plain_text.h"
#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

constexpr std::uint32_t kLeastSize = offsetof(herald_outcome, code) + sizeof(std::uint32_t);
// No structure of this contract grows beyond this within a major version.
constexpr std::uint32_t kMostSize = 4096;

// The first thing that is wrong with an outcome; empty: nothing.
using Examine = std::string (*)(const herald_outcome* outcome);

struct Found {
  base::Mutex mutex;
  std::string first HERALD_GUARDED_BY(mutex);
  bool malformed HERALD_GUARDED_BY(mutex) = false;  // so that nothing behind its size can be read
};

bool is_sized(const herald_outcome* outcome) {
  return outcome != nullptr && outcome->struct_size >= kLeastSize && outcome->struct_size <= kMostSize;
}

herald_outcome whole(const herald_outcome* outcome) {
  herald_outcome copy{};
  std::memcpy(&copy, outcome, std::min<std::size_t>(outcome->struct_size, sizeof copy));
  return copy;
}

std::string wrong_code(const herald_outcome* outcome) {
  const auto code = whole(outcome).code;
  if (code >= HERALD_OUTCOME_SUCCESS && code <= HERALD_OUTCOME_REJECTED) return {};
  return "the outcome code " + std::to_string(code);
}

std::string wrong_form(const herald_outcome* outcome) {
  if (outcome == nullptr) return "NULL for an outcome";
  if (!is_sized(outcome)) return "an outcome whose struct_size is " + std::to_string(outcome->struct_size);
  const auto flags = whole(outcome).flags;
  return (flags & ~HERALD_OUTCOME_LANE_WIDE) == 0 ? "" : "an outcome with the flags " + std::to_string(flags);
}

std::string wrong_text(const char* name, herald_str text, std::uint64_t most_bytes) {
  const std::string field = std::string("an outcome whose ") + name;
  if (text.data == nullptr && text.size > 0) return field + " is NULL, with a size of " + std::to_string(text.size);
  if (text.size > most_bytes) {
    return field + " has " + std::to_string(text.size) + " bytes, of which " + std::to_string(most_bytes) +
           " would be kept";
  }
  return providers::is_utf8(providers::view_of(text)) ? "" : field + " is no UTF-8";
}

std::string wrong_texts(const herald_outcome* outcome) {
  const herald_outcome copy = whole(outcome);
  auto fault = wrong_text("provider_message_id", copy.provider_message_id, 255);
  if (fault.empty()) fault = wrong_text("error_code", copy.error_code, 64);
  if (fault.empty()) fault = wrong_text("encoding", copy.encoding, 16);
  return fault;
}

// Brings about as many outcomes as a plugin can be brought to give.
void provoke(Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  if (sender.max_batch() > 1) sender.submit(sender.messages(std::min<std::size_t>(sender.max_batch(), 64)));
  auto nowhere = sender.message();
  nowhere.to = "nobody";
  auto bare = sender.message();
  bare.to.clear();
  bare.body.clear();
  auto pigeon = sender.message();
  pigeon.channel = "pigeon";
  auto expired = sender.message();
  expired.time_left = std::chrono::seconds(-1);
  for (const auto& message : {nowhere, bare, pigeon, expired}) {
    verdict.at("a message is handed over that a provider may reject");
    sender.submit({message});
  }
  hold_what_comes(sender);
  verdict.at("a message times out");
  sender.submit({sender.message()});
  sender.all_completed();
}

void examine_outcomes(Subject& subject, Verdict& verdict, Examine examine, bool reads_within) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  const auto found = std::make_shared<Found>();
  Sender sender(subject, verdict, *plugin, [found, examine, reads_within](const herald_outcome* outcome) {
    const base::MutexLock lock(found->mutex);
    if (reads_within && !is_sized(outcome))
      found->malformed = true;
    else if (found->first.empty())
      found->first = examine(outcome);
  });
  if (!sender.ready()) return;
  provoke(verdict, sender);
  sender.stop();
  const base::MutexLock lock(found->mutex);
  if (!found->first.empty()) {
    verdict.fail(found->first, "an outcome as abi.h: herald_outcome has it",
                 "zero the structure, set struct_size to its sizeof, then the members; herald::Outcome does so");
  } else if (found->malformed) {
    verdict.block("an outcome has no size to be read by (dispatch.outcome-form)");
  }
}

}  // namespace

void names_a_known_outcome(Subject& subject, Verdict& verdict) {
  examine_outcomes(subject, verdict, wrong_code, true);
}

void sizes_its_outcomes(Subject& subject, Verdict& verdict) {
  examine_outcomes(subject, verdict, wrong_form, false);
}

void writes_sound_texts(Subject& subject, Verdict& verdict) {
  examine_outcomes(subject, verdict, wrong_texts, true);
}

}  // namespace herald::tools::check
