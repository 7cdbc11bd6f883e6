// Preloaded into a program, counts its calls of the allocator for each thread by its name, and writes the counts to the
// file that ALLOCATION_COUNT names when the program ends.
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// glibc's own allocator under the names that an interposer may call.
extern "C" {
void* __libc_malloc(std::size_t);               // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t, std::size_t);  // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void*, std::size_t);       // NOLINT(bugprone-reserved-identifier)
}

namespace {

struct Row {
  std::array<char, 16> name{};
  std::uint64_t calls = 0;
  std::uint64_t bytes = 0;
};

// Plain data: nothing here may allocate, or run before or after what it counts.
thread_local std::uint64_t calls_here = 0;
thread_local std::uint64_t bytes_here = 0;
std::array<Row, 256> rows;
std::size_t used = 0;
std::atomic_flag busy = ATOMIC_FLAG_INIT;
pthread_key_t at_thread_end;
std::atomic<bool> ready{false};

// Adds the calling thread's counts to the row of its name.
void enter(void*) {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  std::size_t at = 0;
  while (at < used && std::strncmp(rows[at].name.data(), name.data(), name.size()) != 0)
    ++at;
  if (at == used && used + 1 < rows.size()) rows[used++].name = name;
  rows[at].calls += calls_here;
  rows[at].bytes += bytes_here;
  busy.clear(std::memory_order_release);
  calls_here = 0;
}

[[gnu::constructor]] void begin() {
  ready = pthread_key_create(&at_thread_end, &enter) == 0;
}

[[gnu::destructor]] void write_counts() {
  enter(nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the process ends, and nothing changes its environment
  const char* path = std::getenv("ALLOCATION_COUNT");
  const int file = path != nullptr ? ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
  for (std::size_t at = 0; file >= 0 && at < used; ++at) {
    ::dprintf(file, "%s %llu %llu\n", rows[at].name.data(), static_cast<unsigned long long>(rows[at].calls),
              static_cast<unsigned long long>(rows[at].bytes));
  }
  if (file >= 0) ::close(file);
}

void count(std::size_t bytes) {
  if (calls_here++ == 0 && ready) pthread_setspecific(at_thread_end, &rows);
  bytes_here += bytes;
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) noexcept {
  count(bytes);
  return __libc_malloc(bytes);
}

void* calloc(std::size_t many, std::size_t bytes) noexcept {
  count(many * bytes);
  return __libc_calloc(many, bytes);
}

void* realloc(void* before, std::size_t bytes) noexcept {
  count(bytes);
  return __libc_realloc(before, bytes);
}
}
