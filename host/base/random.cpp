#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace herald::base {

std::uint64_t entropy_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

// Up to 256 octets come whole (getrandom(2)).
Entropy entropy() {
  Entropy octets{};
  while (getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) {
    if (errno != EINTR) throw std::system_error(errno, std::system_category(), "getrandom");
  }
  return octets;
}

}  // namespace herald::base
