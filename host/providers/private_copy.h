// The host never maps a file that somebody may still write: it loads its own copy, made from a file that it trusts.
// Overwriting a mapped library in place kills the process with SIGBUS; a copy in a folder of the host's own cannot be
// overwritten, and what was checked is what is loaded.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "base/owned_fd.h"
#include "base/result.h"

namespace herald::providers {

// The folder of the copies; mode 0700, owned by the host's user. One thread at a time.
class PrivateFolder {
 public:
  // Opens `path`, making it (and its parents) when it is missing. Refuses a folder that others may enter.
  static base::Result<PrivateFolder> open(const std::filesystem::path& path);

  // Writes `bytes`, whose content_hash is `hash`, as a file named after `stem` and the hash, replacing a file of that
  // name by a new one: whoever has mapped the former one keeps it. Returns the absolute path. An error, kUnavailable,
  // is the host's own and no verdict on the bytes.
  base::Result<std::filesystem::path> keep(std::string_view bytes, const std::string& hash,
                                           std::string_view stem) const;

  // Removes the copies that are not in `in_use`; a copy that is mapped stays valid without its name.
  void remove_others(const std::set<std::filesystem::path>& in_use) const;

 private:
  PrivateFolder(std::filesystem::path path, base::OwnedFd folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  std::filesystem::path path_;
  base::OwnedFd folder_;
};

// The SHA-256 of `bytes`, in hexadecimal.
std::string content_hash(std::string_view bytes);

// The bytes of `file`, which may be a symbolic link: of the regular file that it leads to, when that file and its
// folder, and the folder of the link, are owned by root or by the host's user and writable by no one else. What is
// checked is what was opened. An error names the fault and the cure, and no path;
// kUnavailable is no verdict on the file.
base::Result<std::string> read_trusted(const std::filesystem::path& file);

}  // namespace herald::providers
