// The mock provider for SMS and MMS.
#include <string>
#include <string_view>
#include <utility>

#include <herald/testkit/mock_provider.h>

#include "carrier.h"
#include "segments.h"

namespace herald::sms_mms {
namespace {

class MockSmsMms final : public testkit::MockProvider {
 public:
  static constexpr auto kTraits =
      MockProvider::kTraits.receipts().description("Sends no SMS and no MMS, and fails on demand.");

  MockSmsMms() : MockProvider("mock-sms-mms") {}

  Status configure(std::string_view json) override {
    // Once, before the first message: later configurations come beside messages.
    if (!std::exchange(metrics_declared_, true))
      segments_total_ = host().counter("segments_total", "SMS segments that a carrier would have billed.");
    return MockProvider::configure(json);
  }

  WebhookResponse webhook(const WebhookRequest& request, Emitter& inbox) override {
    if (auto answer = unauthorized(request)) return *std::move(answer);
    return take_webhook(request, inbox);
  }

 private:
  Outcome accept(const Message& message) override {
    auto outcome = Outcome::success("mock-" + std::string(message.dispatch_token()));
    if (message.channel() == "mms") return outcome;
    if (message.channel() != "sms") return Outcome::rejected("unsupported_channel");
    const Segments segments = count_segments(message.body());
    segments_total_.add(segments.count);
    return std::move(outcome).with_segments(segments.count, std::string(to_string(segments.encoding)));
  }

  bool metrics_declared_ = false;
  Counter segments_total_;
};

}  // namespace
}  // namespace herald::sms_mms

HERALD_PLUGIN(herald::sms_mms::MockSmsMms, "sms-mms", "1.0.0", "sms", "mms");
