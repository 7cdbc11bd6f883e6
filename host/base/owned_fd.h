// A file descriptor with one owner, which closes it.
#pragma once

#include <unistd.h>

#include <string_view>
#include <utility>

namespace herald::base {

class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { reset(); }
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    reset();
    fd_ = other.release();
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  // The descriptor is the caller's from here on.
  int release() { return std::exchange(fd_, -1); }

  void reset() {
    if (fd_ >= 0) ::close(fd_);  // what must not be lost is synced before
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// Writes all of it, however little the system takes at a time. False with errno when it takes no more.
bool write_whole(int fd, std::string_view bytes);

}  // namespace herald::base
