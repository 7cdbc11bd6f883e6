// The drop-in folder: which files in it are tried, and how each becomes a checked descriptor before anything of it runs
// in the host.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/descriptor.h"
#include "providers/fingerprint.h"
#include "providers/handshake.h"
#include "providers/options.h"
#include "providers/private_copy.h"
#include "providers/probe.h"

namespace herald::providers {

// A file that has passed its probe, as the host's own copy.
struct Candidate {
  std::filesystem::path source;
  std::filesystem::path copy;
  Descriptor descriptor;
  std::string hash;         // SHA-256 of the bytes, in hexadecimal: the same for the same plugin under another name
  Fingerprint fingerprint;  // of the source when it was read
};

// One control thread.
class PluginFolder {
 public:
  static base::Result<PluginFolder> open(const Options& options);

  // The files named *.so in the order of their names; none hidden. The error when the folder cannot be read.
  base::Result<std::vector<std::filesystem::path>> files() const;

  // Ownership, ELF, private copy, probe. The error is the reason for a refusal.
  base::Result<Candidate> examine(const std::filesystem::path& file) const;

  // Loads the copy into this process, for good, and does the handshake again.
  static base::Result<Plugin> load(const Candidate& candidate);

  void remove_copies_except(const std::set<std::filesystem::path>& in_use) const { copies_.remove_others(in_use); }

 private:
  PluginFolder(std::filesystem::path path, PrivateFolder copies, Probe probe)
      : path_(std::move(path)), copies_(std::move(copies)), probe_(std::move(probe)) {}

  std::filesystem::path path_;
  PrivateFolder copies_;
  Probe probe_;
};

// As operators see a file that is refused before its descriptor was read.
domain::ProviderInfo refused_file(const std::filesystem::path& file, std::string reason);

}  // namespace herald::providers
