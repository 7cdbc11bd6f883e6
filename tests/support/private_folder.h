// A folder as the host wants its data folder to be.
#pragma once

#include <filesystem>

namespace herald::test {

// Made where there is none, with those above it; open to its owner alone.
inline void make_private_folder(const std::filesystem::path& path) {
  std::filesystem::create_directories(path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace herald::test
