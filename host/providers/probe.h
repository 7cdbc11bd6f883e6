// Trying a library in a process that may die of it. About a third of randomly damaged libraries kill the process that
// loads them, so no file is loaded into the host before a child process has read its manifest, done the handshake, and
// made and destroyed an instance.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "providers/descriptor.h"

namespace herald::providers {

// The hidden sub-command that makes the host's own binary the probe: `herald plugin-probe FILE`.
inline constexpr std::string_view kProbeCommand = "plugin-probe";

// The child's whole work: limits itself, loads `file`, shakes hands, rehearses, writes one JSON document to `answer_fd`
// and ends the process without running the library's destructors. Called from a process that has no other threads; does
// not return. The exit status is 0 when an answer was written, also one that refuses; 1 otherwise.
// `file` is absolute.
[[noreturn]] void probe_main(const std::filesystem::path& file, int answer_fd);

// Runs the child. Any thread, several at once.
class Probe {
 public:
  // `executable` is absolute and takes the arguments `plugin-probe FILE`, answering on its standard output.
  Probe(std::filesystem::path executable, std::chrono::milliseconds timeout)
      : executable_(std::move(executable)), timeout_(timeout) {}

  // The descriptor that the child read, checked again here; or why the file is refused: the child's own reason, the
  // signal that it died of, that it did not answer in time (it is killed then), or that its answer was unreadable.
  base::Result<Descriptor> try_out(const std::filesystem::path& file) const;

 private:
  std::filesystem::path executable_;
  std::chrono::milliseconds timeout_;
};

}  // namespace herald::providers
