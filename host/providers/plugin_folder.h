// The drop-in folder: which files in it are tried, and how each becomes a checked descriptor before anything of it runs
// in the host.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
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

// A file of the folder as it was read; not yet tried.
struct PluginFile {
  std::filesystem::path source;
  std::string bytes;
  std::string hash;         // content_hash of the bytes
  Fingerprint fingerprint;  // that held all the while
};

// True for the names of the files that count: *.so, and not hidden.
bool is_plugin_file_name(std::string_view name);

// One control thread.
class PluginFolder {
 public:
  static base::Result<PluginFolder> open(const Options& options);

  // Absolute, unless the working folder is gone.
  const std::filesystem::path& path() const { return path_; }

  // The files named *.so in the order of their names; none hidden. The error when the folder cannot be read.
  base::Result<std::vector<std::filesystem::path>> files() const;

  // Ownership, ELF, private copy, probe. The error is the reason for a refusal; is_passing() tells whether the same
  // file may pass the next time.
  base::Result<Candidate> examine(const std::filesystem::path& file) const;

  // The two halves of it: from the file to its bytes, and from there to a candidate.
  static base::Result<PluginFile> read(const std::filesystem::path& file);
  base::Result<Candidate> try_out(const PluginFile& file) const;

  // Loads the copy into this process, for good, and does the handshake again. `starts`, unless null, records it, and
  // refuses what a host has died of. kExhausted: the system is short of something for now.
  static base::Result<Plugin> load(const Candidate& candidate, StartRecords* starts = nullptr);

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
