#include "access/webhook_signature.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/base64.h"
#include "base/digest.h"

namespace herald::access {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";
constexpr std::size_t kLeastSecret = 24;
constexpr std::size_t kMostSecret = 64;
constexpr std::size_t kMostId = 255;
constexpr std::size_t kMostTimestamp = 12;  // digits: beyond the year 9999
constexpr std::size_t kMostSignatures = 16;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostId &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
}

std::optional<base::WallTime> time_in(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  const bool sound = !text.empty() && text.size() <= kMostTimestamp && read.ec == std::errc() && read.ptr == end;
  if (!sound || seconds < 0) return std::nullopt;
  return base::WallTime{std::chrono::seconds{seconds}};
}

// The digests among the signatures; what is of another version or no base 64 is none.
std::vector<base::Sha256Digest> digests_in(std::string_view signatures) {
  std::vector<base::Sha256Digest> digests;
  for (std::size_t start = 0; start < signatures.size() && digests.size() < kMostSignatures;) {
    const auto end = std::min(signatures.find(' ', start), signatures.size());
    const auto one = signatures.substr(start, end - start);
    start = end + 1;
    if (one.substr(0, kVersion.size()) != kVersion) continue;
    const auto octets = base::from_base64(one.substr(kVersion.size()));
    base::Sha256Digest digest{};
    if (!octets || octets->size() != digest.size()) continue;
    std::transform(octets->begin(), octets->end(), digest.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    digests.push_back(digest);
  }
  return digests;
}

}  // namespace

base::Result<WebhookSecrets> WebhookSecrets::parse(std::string_view text) {
  WebhookSecrets made;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto secret = line.substr(0, kPrefix.size()) == kPrefix ? base::from_base64(line.substr(kPrefix.size()))
                                                            : std::optional<std::string>();
    if (!secret || secret->size() < kLeastSecret || secret->size() > kMostSecret) {
      return base::fail(base::ErrorCode::kInvalid,
                        "line " + std::to_string(number) +
                            ": expected \"whsec_\" and base 64 of 24 to 64 octets, as the carrier shows its secret");
    }
    made.secrets_.push_back(*std::move(secret));
  }
  return made;
}

SignatureVerdict WebhookSecrets::verify(const SignatureFields& fields, std::string_view body,
                                        base::WallTime now) const {
  const auto signed_at = time_in(fields.timestamp);
  if (!is_id(fields.id) || !signed_at || fields.signatures.empty())
    return tl::make_unexpected(SignatureFault::kMissing);
  if (*signed_at < now - kSignatureWindow) return tl::make_unexpected(SignatureFault::kTooOld);
  if (*signed_at > now + kSignatureWindow) return tl::make_unexpected(SignatureFault::kTooNew);
  if (!signs(fields, body)) return tl::make_unexpected(SignatureFault::kMismatch);
  return *signed_at;
}

bool WebhookSecrets::signs(const SignatureFields& fields, std::string_view body) const {
  const auto given = digests_in(fields.signatures);
  if (given.empty()) return false;
  for (const auto& secret : secrets_) {
    const auto made = base::hmac_sha256(secret, {fields.id, ".", fields.timestamp, ".", body});
    for (const auto& one : given) {
      if (base::same_in_constant_time(made, one)) return true;
    }
  }
  return false;
}

}  // namespace herald::access
