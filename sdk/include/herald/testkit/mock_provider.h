// A provider that sends nothing and fails on demand. Needs nlohmann/json 3.
#ifndef HERALD_TESTKIT_MOCK_PROVIDER_H
#define HERALD_TESTKIT_MOCK_PROVIDER_H

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <herald/provider.h>
#include <herald/testkit/held_outcomes.h>
#include <herald/testkit/mock_settings.h>
#include <herald/testkit/outcome_sequence.h>

namespace herald::testkit {

/// What mock providers have in common: seeded outcomes, latency, and timeouts that really take until the deadline.
///
/// A mock derives from it and says only what a success looks like, and perhaps what its webhooks bring. Without
/// latency, outcomes are completed inside submit; the others wait on one thread, and at stop they are given up without
/// an outcome.
class MockProvider : public AsyncProvider, public FaultInjection {
 public:
  static constexpr auto kTraits = Traits{}.max_batch(256).max_in_flight(4096).config_schema(kMockSettingsSchema);

  /// Takes `MockSettings` as a JSON object; in force from the next submit.
  Status configure(std::string_view json) override {
    MockSettings settings;
    auto status = read_mock_settings(json, settings);
    if (!status.is_ok()) return status;
    const std::lock_guard<std::mutex> lock(mutex_);
    settings_ = settings;
    return status;
  }

  /// Starts the one thread of the mock.
  Status start() override {
    held_.start(host(), thread_name_);
    return Status::ok();
  }

  /// Gives up what waits for its latency or its deadline, and joins the thread.
  void stop() override { held_.stop(); }

  /// Decides and completes every message, now or by the thread.
  void submit(Batch batch) override {
    const MockSettings settings = current_settings();
    outcomes_.begin_at(first_ordinal(batch));
    for (Pending& pending : batch)
      settle(std::move(pending), settings);
  }

  /// Starts the sequence of outcomes anew; without a seed on the host's random numbers.
  Status set_faults(const FaultProfile& profile) override {
    outcomes_.set(profile, host().random());
    return Status::ok();
  }

 protected:
  /// `thread_name` is what the operating system shows of the mock's thread, at most 15 characters.
  explicit MockProvider(std::string thread_name) : thread_name_(std::move(thread_name)) {}

  /// The outcome of a message that no fault befalls. Threading: one thread at a time.
  virtual Outcome accept(const Message& message) = 0;

  /// Nothing when a webhook shows the token of the settings, or they have none; else what it is answered: 401. The
  /// token stands in the header X-Webhook-Token or, for carriers that know no more than a URL, in the query: ?token=.
  /// Threading: any thread.
  std::optional<WebhookResponse> unauthorized(const WebhookRequest& request) {
    const std::string wanted = current_settings().webhook_token;
    if (wanted.empty()) return std::nullopt;
    if (same_secret(request.header("X-Webhook-Token").value_or(""), wanted)) return std::nullopt;
    const auto query = request.query_form();
    if (query && same_secret(query->value("token").value_or(""), wanted)) return std::nullopt;
    return WebhookResponse::text(401, "the webhook's token is missing or wrong");
  }

 private:
  // The lowest among those that come for the first time, because a batch need not be in their order.
  static std::optional<std::uint64_t> first_ordinal(Batch& batch) {
    std::optional<std::uint64_t> lowest;
    for (const Pending& pending : batch) {
      const Message& message = pending.message();
      if (message.attempt() <= 1 && (!lowest || message.ordinal() < *lowest)) lowest = message.ordinal();
    }
    return lowest;
  }

  MockSettings current_settings() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return settings_;
  }

  void settle(Pending pending, const MockSettings& settings) {
    const Message& message = pending.message();
    const MockOutcome drawn = outcomes_.of(message.ordinal(), message.attempt());
    const TimePoint deadline = message.deadline();
    const bool at_once = settings.latency.count() == 0;
    const TimePoint due = at_once ? TimePoint() : host().now() + settings.latency;
    if (drawn == MockOutcome::kTimeout || (!at_once && due >= deadline))
      return held_.hold(std::move(pending), Outcome::timeout("mock_timeout"), deadline);
    Outcome outcome = outcome_of(drawn, message, settings);
    if (!at_once) return held_.hold(std::move(pending), std::move(outcome), due);
    pending.complete(outcome);
  }

  Outcome outcome_of(MockOutcome drawn, const Message& message, const MockSettings& settings) {
    switch (drawn) {
      case MockOutcome::kError:
        return Outcome::error("mock_error");
      case MockOutcome::kRateLimited:
        return Outcome::rate_limited(settings.retry_after, settings.lane_wide, "mock_rate_limited");
      case MockOutcome::kSuccess:
      case MockOutcome::kTimeout:
        break;
    }
    return accept(message);
  }

  const std::string thread_name_;
  OutcomeSequence outcomes_;
  HeldOutcomes held_;
  std::mutex mutex_;  // guards settings_
  MockSettings settings_;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_MOCK_PROVIDER_H
