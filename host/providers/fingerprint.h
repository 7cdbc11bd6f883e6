// What tells that a file is no longer the one that was looked at, without reading it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace herald::providers {

// Who may change a file or a folder.
struct Access {
  std::uint32_t owner = 0;  // a user's number
  std::uint32_t mode = 0;   // kind and permissions

  friend bool operator==(const Access&, const Access&) = default;
};

// Of the file that a path leads to, and of what decides whether it is trusted. Two equal fingerprints stand for the
// same bytes and the same trust; a file that is rewritten, replaced, touched, or given another owner or mode has
// another one.
struct Fingerprint {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;        // bytes
  std::int64_t modified_ns = 0;  // since the Unix epoch
  std::int64_t changed_ns = 0;   // since the Unix epoch; no program can set it
  Access file;
  Access folder;         // that the path names
  Access target_folder;  // that a link leads to, else the same

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Any thread. kNotFound when nothing has this name (a link that leads nowhere has a name), kUnavailable when the system
// cannot say for now, kInvalid when it cannot be reached.
base::Result<Fingerprint> fingerprint_of(const std::filesystem::path& file);

// False while a change within the same step of the file system's time stamps could still leave the fingerprint as it
// is.
bool is_settled(const Fingerprint& fingerprint);

}  // namespace herald::providers
