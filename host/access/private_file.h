// Files that hold what only the host and its operator may see.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>

#include "base/result.h"

namespace herald::access {

// What tells one state of a file from another, without reading it. All zero where there is none.
struct FileMark {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileMark&) const = default;
};

struct PrivateText {
  std::string text;
  FileMark mark;
};

// A regular file that belongs to root or to this process's user, that nobody else may read or write, of at most 1 MiB.
// The error says what was found and the cure: kNotFound, kPermission, kInvalid, kUnavailable.
base::Result<PrivateText> read_private_file(const std::string& path);

FileMark mark_of(const std::string& path);

// Replaces a file's content by what `change` makes of the former (empty where there is no file yet), in one step: who
// reads meanwhile has the former or the new, whole. Mode 0600; the owner stays who he was. Two processes that change
// one file wait for each other. Returns when it is on disk.
base::Status change_private_file(const std::string& path,
                                 const std::function<base::Result<std::string>(const std::string& former)>& change);

}  // namespace herald::access
