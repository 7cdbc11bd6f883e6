// Memory that ends where nothing is mapped: who reads or writes one byte too many dies of it at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <herald/abi.h>

namespace herald::tools::check {

// `size` bytes whose last one stands right before a page without access, and whose first one stands, when `size` is
// below a page, behind bytes of a known pattern. One thread.
class GuardedMemory {
 public:
  // Throws std::bad_alloc when the system gives no memory.
  explicit GuardedMemory(std::size_t size, unsigned char fill = 0xAB);
  explicit GuardedMemory(std::string_view bytes) : GuardedMemory(bytes.size()) { write(bytes.data(), bytes.size()); }
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  std::byte* data() const { return begin_; }
  std::size_t size() const { return size_; }
  herald_str text() const { return {reinterpret_cast<const char*>(begin_), size_}; }
  void write(const void* bytes, std::size_t count) {
    if (count != 0) std::memcpy(begin_, bytes, count);
  }

  // From here on whoever touches it dies: what was lent has been taken back.
  void forbid();
  // From here on whoever writes to it dies.
  void protect();
  // True while no byte before the memory is changed.
  bool intact_before() const;

 private:
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace herald::tools::check
