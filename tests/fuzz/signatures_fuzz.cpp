// Signed webhooks: what was signed under the secret passes within its window, nothing else ever does, and no refusal
// shows a secret.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "access/webhook_signature.h"
#include "base/base64.h"
#include "base/digest.h"
#include "fuzz/property.h"

namespace herald::fuzz {
namespace {

using access::SignatureFault;

const base::WallTime kNow = base::from_unix_ms(1'767'323'045'678);
constexpr std::string_view kSecret = "a key for fuzzing, no secret.";

// RFC 4648 section 4.
std::string base64_of(std::string_view octets) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = (group << 8U) | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i <= octets.size() ? kLetters[(group >> (18U - 6U * i)) & 63U] : '=';
  }
  return out;
}

access::WebhookSecrets secrets() {
  auto made = access::WebhookSecrets::parse("whsec_" + base64_of(kSecret) + "\n");
  require(made.has_value(), "a secret is read");
  return *std::move(made);
}

void check_file(std::string_view text) {
  const auto made = access::WebhookSecrets::parse(text);
  if (made) {
    require(made->empty() || text.find("whsec_") != std::string_view::npos, "secrets stand in the file");
    return;
  }
  const auto& message = made.error().message;
  require(made.error().code == base::ErrorCode::kInvalid && message.rfind("line ", 0) == 0, "a refusal names the line");
  // One that quoted the file would be another text each time.
  static std::set<std::string> texts;
  texts.insert(message.substr(std::min(message.find(": "), message.size())));
  require(texts.size() <= 8, "a refusal shows nothing of the file");
}

void check_request(Input input) {
  static const auto kSecrets = secrets();
  access::SignatureFields fields;
  fields.id = input.until('\n');
  fields.timestamp = input.until('\n');
  const auto given = input.until('\n');
  fields.signatures = given;
  const std::string body(input.rest());
  const auto forged = kSecrets.verify(fields, body, kNow);
  const auto digest = base::hmac_sha256(kSecret, {fields.id, ".", fields.timestamp, ".", body});
  const auto proof = base64_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
  require(!forged || given.find(proof) != std::string_view::npos, "only what was signed passes");

  const std::string with_proof = "v1," + proof + " " + std::string(given);
  fields.signatures = with_proof;
  const auto verdict = kSecrets.verify(fields, body, kNow);
  if (!verdict) {
    require(verdict.error() != SignatureFault::kMismatch, "what was signed passes, whatever stands beside it");
    require(!forged.has_value(), "a signature more does no harm");
    return;
  }
  require(*verdict >= kNow - access::kSignatureWindow && *verdict <= kNow + access::kSignatureWindow,
          "what passes lies in the window");
  const auto late = kSecrets.verify(fields, body, kNow + 3 * access::kSignatureWindow);
  require(!late && late.error() == SignatureFault::kTooOld, "a recording does not pass");
  const auto changed = kSecrets.verify(fields, body + "x", kNow);
  require(!changed && changed.error() == SignatureFault::kMismatch, "a body that was changed does not pass");
  const std::string other_id = std::string(fields.id.substr(1)) + (fields.id.front() == 'a' ? 'b' : 'a');
  if (other_id != fields.id) {
    fields.id = other_id;
    require(!kSecrets.verify(fields, body, kNow), "an id that was changed does not pass");
  }
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  if (input.byte() % 2 == 0) {
    fuzz::check_request(input);
  } else {
    fuzz::check_file(input.rest());
  }
  return 0;
}
