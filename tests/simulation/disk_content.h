// The bytes of one simulated file, and how to take back what was written since its last sync.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace herald::simulation {

struct OpenFile;

// Takes a write back: the bytes that stood there, and how long the file was.
struct Undo {
  std::size_t at = 0;
  std::size_t size_before = 0;
  std::vector<char> bytes;
};

struct Content {
  std::vector<char> bytes;
  std::vector<Undo> unsynced;
  std::vector<std::unique_ptr<std::vector<char>>> shared_memory;
  std::vector<OpenFile*> open;

  void write(const char* from, std::size_t count, std::size_t at) {
    Undo undo{at, bytes.size(), {}};
    if (at < bytes.size()) {
      const auto end = std::min(bytes.size(), at + count);
      undo.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(end));
    }
    unsynced.push_back(std::move(undo));
    if (bytes.size() < at + count) bytes.resize(at + count);
    std::copy_n(from, count, bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void cut(std::size_t size) {
    if (size >= bytes.size()) return;
    unsynced.push_back({size, bytes.size(), {bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end()}});
    bytes.resize(size);
  }
  void take_back_to(std::size_t kept) {
    for (; unsynced.size() > kept; unsynced.pop_back()) {
      const Undo& undo = unsynced.back();
      bytes.resize(std::max(bytes.size(), undo.at + undo.bytes.size()));
      std::copy(undo.bytes.begin(), undo.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(undo.at));
      bytes.resize(undo.size_before);
    }
  }
};

using Files = std::map<std::string, std::shared_ptr<Content>>;

inline Files copy_of(const Files& files) {
  Files copy;
  for (const auto& [path, content] : files) {
    auto twin = std::make_shared<Content>();
    twin->bytes = content->bytes;
    twin->unsynced = content->unsynced;
    copy.emplace(path, std::move(twin));
  }
  return copy;
}

}  // namespace herald::simulation
