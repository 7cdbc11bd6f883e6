// A folder for what is needed during one run.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/result.h"

namespace herald::tools {

// A folder that only this user may enter, gone with its object.
class ScratchFolder {
 public:
  // In the folder for temporary files, which TMPDIR names; its name begins with `stem`. The error says why there is
  // none, and the cure.
  static base::Result<ScratchFolder> make(const std::string& stem);

  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, std::filesystem::path())) {}
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace herald::tools
