#include "providers/system_refusal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace herald::providers {
namespace {

constexpr std::array kPassing{EMFILE, ENFILE, ENOMEM,    ENOBUFS, EAGAIN, EINTR,   EBUSY,
                              ENOSPC, EDQUOT, ETIMEDOUT, ESTALE,  EIO,    ENOTCONN};

base::ErrorCode code_of(int error) {
  if (error == EACCES || error == EPERM) return base::ErrorCode::kPermission;
  const bool passing = std::find(kPassing.begin(), kPassing.end(), error) != kPassing.end();
  return passing ? base::ErrorCode::kUnavailable : base::ErrorCode::kInvalid;
}

}  // namespace

tl::unexpected<base::Error> system_refusal(const std::string& what, int error) {
  return base::fail(code_of(error), what + ": " + std::generic_category().message(error));
}

}  // namespace herald::providers
