// What a fuzz target checks: a property that does not hold ends the process, which is a finding.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace herald::fuzz {

inline void require(bool holds, const char* property) {
  if (holds) return;
  std::cerr << "a property does not hold: " << property << '\n';
  std::abort();
}

// The bytes of one run. Takes choices off the front; what is left is the text under test.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : bytes_(reinterpret_cast<const char*>(data), size) {}

  // 0 when nothing is left.
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }

  // Up to the first `mark`, which is dropped; all that is left when there is none.
  std::string_view until(char mark) {
    const auto end = bytes_.find(mark);
    const auto part = bytes_.substr(0, end);
    bytes_.remove_prefix(end == std::string_view::npos ? bytes_.size() : end + 1);
    return part;
  }

  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace herald::fuzz
