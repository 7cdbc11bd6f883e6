// Signed webhooks (Standard Webhooks 1.0, standardwebhooks.com): HMAC-SHA256 over "<id>.<timestamp>.<body>" under a
// secret that the carrier and the host share.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace herald::access {

// How far a signature's time may be from the host's, either way. What is older could be somebody's recording.
constexpr std::chrono::minutes kSignatureWindow{5};

// The three fields of a signed request, as they came; views.
struct SignatureFields {
  std::string_view id;
  std::string_view timestamp;   // seconds since the Unix epoch
  std::string_view signatures;  // "v1,<base64>", several with blanks between
};

enum class SignatureFault {
  kMissing,   // a field is missing or could be none
  kTooOld,    // its time is outside the window
  kTooNew,    //
  kMismatch,  // no secret gives any of the signatures
};

// When the carrier signed it.
using SignatureVerdict = tl::expected<base::WallTime, SignatureFault>;

// The secrets of a file, a line each: "whsec_" and base 64 of 24 to 64 octets, as carriers show them; lines that begin
// with "#" for people. Any of them makes a signature good, so that a new one can stand beside the old one until the
// carrier uses it. Immutable; any thread.
class WebhookSecrets {
 public:
  // kInvalid names the line and shows nothing of it.
  static base::Result<WebhookSecrets> parse(std::string_view text);

  // Compares in constant time. Throws std::bad_alloc where there is no memory.
  SignatureVerdict verify(const SignatureFields& fields, std::string_view body, base::WallTime now) const;

  bool empty() const { return secrets_.empty(); }

 private:
  bool signs(const SignatureFields& fields, std::string_view body) const;

  std::vector<std::string> secrets_;  // decoded
};

}  // namespace herald::access
