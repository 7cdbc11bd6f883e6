// The mock provider for email.
#include <string>
#include <string_view>

#include <herald/testkit/mock_provider.h>

#include "carrier.h"

namespace herald::email {
namespace {

// True for what may stand in the left part of a Message-ID (RFC 5322, section 3.2.3, dot-atom-text), but for '=', which
// escapes the rest here.
bool is_plain(char c) {
  const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  constexpr std::string_view kSigns = "!#$%&'*+-/?^_`{|}~";
  return alphanumeric || kSigns.find(c) != std::string_view::npos;
}

// A Message-ID (RFC 5322, section 3.6.4) that no other token has.
std::string message_id(std::string_view token) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string id = "<";
  for (const char c : token) {
    if (is_plain(c)) {
      id += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    id += {'=', kHex[byte >> 4], kHex[byte & 0xF]};
  }
  return id + "@mock.herald>";
}

class MockEmail final : public testkit::MockProvider {
 public:
  static constexpr auto kTraits = MockProvider::kTraits.receipts().description("Sends no email, and fails on demand.");

  MockEmail() : MockProvider("mock-email") {}

  WebhookResponse webhook(const WebhookRequest& request, Emitter& inbox) override {
    if (auto answer = unauthorized(request)) return *std::move(answer);
    return take_webhook(request, inbox);
  }

 private:
  Outcome accept(const Message& message) override {
    if (message.channel() != "email") return Outcome::rejected("unsupported_channel");
    return Outcome::success(message_id(message.dispatch_token()));
  }
};

}  // namespace
}  // namespace herald::email

HERALD_PLUGIN(herald::email::MockEmail, "email", "1.0.0", "email");
