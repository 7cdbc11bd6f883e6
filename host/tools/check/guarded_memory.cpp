#include "tools/check/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace herald::tools::check {
namespace {

constexpr std::byte kBefore{0xCD};

std::size_t page_size() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

GuardedMemory::GuardedMemory(std::size_t size, unsigned char fill) : size_(size) {
  const std::size_t page = page_size();
  const std::size_t usable = (std::max<std::size_t>(size, 1) + page - 1) / page * page;
  mapped_ = usable + page;
  void* const mapping = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<std::byte*>(mapping);
  ::mprotect(mapping_ + usable, page, PROT_NONE);  // of a mapping of our own: cannot be refused
  begin_ = mapping_ + usable - size;
  std::fill(mapping_, begin_, kBefore);
  std::fill(begin_, begin_ + size, std::byte{fill});
}

GuardedMemory::~GuardedMemory() {
  ::munmap(mapping_, mapped_);
}

void GuardedMemory::forbid() {
  ::mprotect(mapping_, mapped_, PROT_NONE);
}

void GuardedMemory::protect() {
  ::mprotect(mapping_, mapped_ - page_size(), PROT_READ);
}

bool GuardedMemory::intact_before() const {
  return std::all_of(mapping_, begin_, [](std::byte byte) { return byte == kBefore; });
}

}  // namespace herald::tools::check
