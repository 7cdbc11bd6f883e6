// An intake with the real writer in front of a store in memory, and the verbs of who uses it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "intake/intake.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "unit/intake/accepting_store.h"

namespace herald::intake {

class IntakeTest : public ::testing::Test {
 protected:
  // Both limits are off unless a test sets them.
  explicit IntakeTest(Options options = without_limits()) : intake_(std::move(options), dependencies()) {}

  static Options without_limits() {
    Options options;
    options.rate_limit_per_ip_per_min = 0;
    options.rate_limit_per_sender_per_min = 0;
    return options;
  }

  static SendRequest sms() {
    SendRequest request;
    request.channel = domain::Channel::kSms;
    request.from = "+12025550123";
    request.to = "(202) 555-0142";
    request.body = "Hello";
    return request;
  }

  static InboundRequest inbound_sms() {
    InboundRequest request;
    request.source = InboundSource::kSmsWebhook;
    request.channel = domain::Channel::kSms;
    request.from = "+12025550123";
    request.to = "(202) 555-0142";
    request.body = "Yes please";
    request.provider_message_id = "SM1";
    return request;
  }

  static Origin with_key(std::string key) { return {"req-1", "192.0.2.1", std::move(key)}; }
  static Origin without_key() { return {"req-1", "192.0.2.1", std::nullopt}; }

  // Hands a request over; what no gate refuses is answered by commit().
  void start(SendRequest request, Origin origin) { intake_.accept(std::move(request), std::move(origin), keep()); }
  void start(InboundRequest request, Origin origin) { intake_.receive(std::move(request), std::move(origin), keep()); }
  void commit() { writer_.step(); }

  // The answer to one request, once what waits is committed.
  template <typename Request>
  AcceptResult answer(Request request, Origin origin = without_key()) {
    answers_.clear();
    start(std::move(request), std::move(origin));
    commit();
    EXPECT_EQ(answers_.size(), 1U);
    return answers_.empty() ? tl::make_unexpected(Refusal{}) : answers_[0];
  }

  // Why a request is refused; a test failure when it is not.
  template <typename Request>
  std::optional<Refusal::Reason> refusal(Request request, Origin origin = without_key()) {
    const auto result = answer(std::move(request), std::move(origin));
    EXPECT_FALSE(result);
    if (result) return std::nullopt;
    return result.error().reason;
  }

  AcceptDone keep() {
    return [this](AcceptResult result) { answers_.push_back(std::move(result)); };
  }

  Intake::Dependencies dependencies() {
    Intake::Dependencies all{routes_, writer_, store_, clock_, log_, metrics_};
    all.limit_salt = 1;
    return all;
  }

  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  test::AcceptingStore store_;
  test::FixedRoutes routes_;
  store::Writer writer_{store_, clock_, log_, metrics_, 64};
  Intake intake_;
  std::vector<AcceptResult> answers_;
};

}  // namespace herald::intake
