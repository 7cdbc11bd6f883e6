#include "providers/probe.h"

#include <sys/wait.h>

#include <cstring>

#include <herald/abi.h>

#include "providers/descriptor_json.h"
#include "providers/probe_process.h"

namespace herald::providers {
namespace {

// A schema of 256 KiB, escaped, with room to spare.
constexpr std::size_t kMaxAnswerBytes = 2UL << 20U;

tl::unexpected<base::Error> refuse(std::string reason) {
  return base::fail(base::ErrorCode::kInvalid, std::move(reason));
}

}  // namespace

base::Result<Descriptor> Probe::try_out(const std::filesystem::path& file) const {
  if (!executable_.is_absolute()) {
    return base::fail(
        base::ErrorCode::kInternal,
        "the probe's executable must be given by its absolute path, found \"" + executable_.string() + "\"");
  }
  const auto end =
      run_process({executable_.string(), std::string(kProbeCommand), file.string()}, timeout_, kMaxAnswerBytes);
  if (!end) return tl::make_unexpected(end.error());
  if (end->timed_out) {
    return refuse("the process that tried it did not answer within " + std::to_string(timeout_.count()) +
                  " ms and was ended; its initialisers, " HERALD_PLUGIN_ENTRY_NAME ", create or destroy hang");
  }
  if (end->overflowed) return refuse("the process that tried it wrote without end; the library damages it");
  if (WIFSIGNALED(end->wait_status)) {
    const int signal = WTERMSIG(end->wait_status);
    const char* const meaning = ::sigdescr_np(signal);  // strsignal is not for threads
    return refuse("it kills the process that loads it: signal " + std::to_string(signal) + " (" +
                  (meaning == nullptr ? "unknown" : meaning) +
                  "); the file is damaged, or its initialisers, " HERALD_PLUGIN_ENTRY_NAME ", create or destroy crash");
  }
  if (end->output.empty() || WEXITSTATUS(end->wait_status) != 0) {
    return refuse("the process that tried it ended with status " + std::to_string(WEXITSTATUS(end->wait_status)) +
                  " before it could answer; a plugin must not end its process");
  }
  return parse_probe_answer(end->output);
}

}  // namespace herald::providers
