// A disk that refuses, for the real host: preloaded, it stands between the process and the C library's calls on files
// of one folder, as the kernel would answer them. The test gives its orders through a file that both have mapped.
//
//   HERALD_DISK_FOLDER  the folder; other files are left alone
//   HERALD_DISK_ORDERS  the file with struct orders
//
// Any thread.
#undef _FORTIFY_SOURCE  // its headers define the functions that stand below, inline
#define _GNU_SOURCE     // NOLINT(bugprone-reserved-identifier): the C library's own name
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// As tests/disk/failing_disk.py packs it.
struct orders {
  _Atomic uint32_t write_error;     // an errno for every write and truncation; 0: they work
  _Atomic uint32_t write_part;      // not 0: half of what was to be written is, before the error
  _Atomic uint32_t sync_error;      // for every fsync and fdatasync
  _Atomic uint32_t open_error;      // for every open that may write
  _Atomic uint32_t one_kind;        // and, whatever stands above, one call of this kind of all below:
  _Atomic uint32_t one_at;          // the so manieth, from 1; 0: none
  _Atomic uint32_t one_error;       // with this errno
  _Atomic uint32_t hold_syncs;      // not 0: they do not come back until it is
  _Atomic uint64_t refused;         // calls that failed so
  _Atomic uint64_t repeated_syncs;  // syncs of a file whose last one failed, with nothing written in between
  _Atomic uint64_t calls[5];        // by kind
};

// Reads are refused one at a time only. Truncations count as writes.
enum kind { kWrite, kSync, kOpen, kRename, kRead };
enum { kFiles = 65536 };

static struct orders* orders;
static char folder[4096];
static _Atomic uint8_t sync_failed[kFiles];  // by descriptor

__attribute__((constructor)) static void find_orders(void) {
  // NOLINTBEGIN(concurrency-mt-unsafe): before the process has a second thread
  const char* name = getenv("HERALD_DISK_FOLDER");
  const char* path = getenv("HERALD_DISK_ORDERS");
  // NOLINTEND(concurrency-mt-unsafe)
  if (name == NULL || path == NULL) return;
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* mapped = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) return;
  (void)snprintf(folder, sizeof folder, "%s", name);
  orders = mapped;
}

// The folder itself counts too.
static int is_path_ours(const char* path) {
  if (orders == NULL) return 0;
  const size_t length = strlen(folder);
  if (strncmp(path, folder, length) == 0) return 1;
  return strlen(path) == length - 1 && strncmp(path, folder, length - 1) == 0;
}

static int is_ours(int fd) {
  if (orders == NULL || fd < 0 || fd >= kFiles) return 0;
  char link[64];
  char path[4096];
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return is_path_ours(path);
}

static int refuse(uint32_t error) {
  atomic_fetch_add(&orders->refused, 1);
  errno = (int)error;
  return -1;
}

// The function that ours stands before. POSIX lets a function pointer be had from a data pointer, ISO C does not.
static void find(const char* name, void* function) {
  void* found = dlsym(RTLD_NEXT, name);
  memcpy(function, &found, sizeof found);
}

// The errno for a call of that kind; 0: it works.
static uint32_t order_for(enum kind kind, const _Atomic uint32_t* all) {
  const uint64_t number = atomic_fetch_add(&orders->calls[kind], 1) + 1;
  const int is_the_one = atomic_load(&orders->one_kind) == (uint32_t)kind && atomic_load(&orders->one_at) == number;
  if (is_the_one) return atomic_load(&orders->one_error);
  return all == NULL ? 0 : atomic_load(all);
}

typedef ssize_t (*PwriteFunction)(int, const void*, size_t, off64_t);

static ssize_t refusing_write(const char* name, int fd, const void* bytes, size_t count, off64_t at) {
  PwriteFunction real;
  find(name, &real);
  if (!is_ours(fd)) return real(fd, bytes, count, at);
  const uint32_t error = order_for(kWrite, &orders->write_error);
  if (error == 0) {
    atomic_store(&sync_failed[fd], 0);
    return real(fd, bytes, count, at);
  }
  // The kernel writes what it can, and tells of the error at the next call.
  if (atomic_load(&orders->write_part) != 0 && count > 64) {
    atomic_store(&sync_failed[fd], 0);
    return real(fd, bytes, count / 2, at);
  }
  return refuse(error);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  return refusing_write("pwrite", fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  return refusing_write("pwrite64", fd, bytes, count, at);
}

static ssize_t refusing_read(const char* name, int fd, void* bytes, size_t count, off64_t at) {
  ssize_t (*real)(int, void*, size_t, off64_t);
  find(name, &real);
  const uint32_t error = is_ours(fd) ? order_for(kRead, NULL) : 0;
  return error != 0 ? refuse(error) : real(fd, bytes, count, at);
}

ssize_t pread(int fd, void* bytes, size_t count, off_t at) {
  return refusing_read("pread", fd, bytes, count, at);
}

ssize_t pread64(int fd, void* bytes, size_t count, off64_t at) {
  return refusing_read("pread64", fd, bytes, count, at);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) {
  int (*real)(int, const char*, int, const char*, unsigned int);
  find("renameat2", &real);
  const uint32_t error = is_path_ours(to) ? order_for(kRename, NULL) : 0;
  return error != 0 ? refuse(error) : real(from_folder, from, to_folder, to, flags);
}

static int refusing_truncate(const char* name, int fd, off64_t size) {
  int (*real)(int, off64_t);
  find(name, &real);
  if (is_ours(fd)) {
    const uint32_t error = order_for(kWrite, &orders->write_error);
    if (error != 0) return refuse(error);
    atomic_store(&sync_failed[fd], 0);
  }
  return real(fd, size);
}

int ftruncate(int fd, off_t size) {
  return refusing_truncate("ftruncate", fd, size);
}

int ftruncate64(int fd, off64_t size) {
  return refusing_truncate("ftruncate64", fd, size);
}

static int refusing_sync(const char* name, int fd) {
  int (*real)(int);
  find(name, &real);
  if (!is_ours(fd)) return real(fd);
  while (atomic_load(&orders->hold_syncs) != 0)
    usleep(1000);  // tidy: sleeps because a disk that hangs is what is tested
  if (atomic_exchange(&sync_failed[fd], 0) != 0) atomic_fetch_add(&orders->repeated_syncs, 1);
  const uint32_t error = order_for(kSync, &orders->sync_error);
  if (error == 0) return real(fd);
  atomic_store(&sync_failed[fd], 1);
  return refuse(error);
}

int fsync(int fd) {
  return refusing_sync("fsync", fd);
}

int fdatasync(int fd) {
  return refusing_sync("fdatasync", fd);
}

static int refusing_open(const char* name, const char* path, int flags, mode_t mode) {
  int (*real)(const char*, int, ...);
  find(name, &real);
  const int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  if (writes && is_path_ours(path)) {
    const uint32_t error = order_for(kOpen, &orders->open_error);
    if (error != 0) return refuse(error);
  }
  const int fd = real(path, flags, mode);
  if (fd >= 0 && fd < kFiles) atomic_store(&sync_failed[fd], 0);
  return fd;
}

static mode_t mode_of(int flags, va_list rest) {
  const int makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return makes ? va_arg(rest, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return refusing_open("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return refusing_open("open64", path, flags, mode);
}
