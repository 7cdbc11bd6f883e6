// What stands around the API, in memory.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/readiness.h"
#include "domain/ports.h"
#include "http/handler.h"
#include "store/store.h"

namespace herald::test {

// Keeps the one answer that a Responder gives.
class AnswerSink final : public http::Responder::Sink {
 public:
  void respond(std::uint64_t, http::Response response) noexcept override {
    ++answers;
    answer = std::move(response);
  }
  void abandoned(std::uint64_t) noexcept override { ++abandonments; }

  int answers = 0;
  int abandonments = 0;
  std::optional<http::Response> answer;
};

// Answers what a test has put into it, and keeps what it was asked for.
class MemoryReader final : public store::Reader {
 public:
  base::Result<domain::MessageRecord> find(domain::MessageId id) const override {
    if (error) return tl::make_unexpected(*error);
    const auto found = messages_by_id.find(id);
    if (found == messages_by_id.end()) return base::fail(base::ErrorCode::kNotFound, "no such message");
    return found->second;
  }
  base::Result<std::vector<store::QueueDepth>> queue_depths() const override {
    if (error) return tl::make_unexpected(*error);
    return depths;
  }
  base::Result<ExpiredPage> expired(domain::MessageId, base::WallTime, std::size_t) const override {
    return ExpiredPage{};
  }
  base::Result<std::optional<store::KeyUse>> find_key(const domain::Digest&, base::WallTime) const override {
    return std::nullopt;
  }
  std::uint64_t recoveries() const override { return 0; }
  base::Result<MessagePage> messages(const store::MessageFilter& filter, std::optional<domain::MessageId> before,
                                     std::size_t limit) const override {
    asked_filter = filter;
    asked_before = before;
    asked_limit = limit;
    if (error) return tl::make_unexpected(*error);
    return message_page;
  }
  base::Result<store::Page<domain::Conversation>> conversations(const store::PageStart& start,
                                                                std::size_t limit) const override {
    asked_start = start;
    asked_limit = limit;
    if (error) return tl::make_unexpected(*error);
    return conversation_page;
  }
  base::Result<domain::Conversation> conversation(domain::ConversationId id) const override {
    asked_conversation = id;
    if (error) return tl::make_unexpected(*error);
    for (const auto& known : conversation_page.items) {
      if (known.id == id) return known;
    }
    return base::fail(base::ErrorCode::kNotFound, "no such conversation");
  }
  base::Result<store::Page<domain::MessageRecord>> conversation_messages(domain::ConversationId id,
                                                                         const store::PageStart& start,
                                                                         std::size_t limit) const override {
    asked_start = start;
    asked_limit = limit;
    if (auto known = conversation(id); !known) return tl::make_unexpected(known.error());
    return conversation_message_page;
  }
  base::Result<std::map<std::string, std::string>> kept() const override {
    return std::map<std::string, std::string>{};
  }

  std::map<domain::MessageId, domain::MessageRecord> messages_by_id;
  std::vector<store::QueueDepth> depths;
  MessagePage message_page;
  store::Page<domain::Conversation> conversation_page;
  store::Page<domain::MessageRecord> conversation_message_page;
  std::optional<base::Error> error;

  mutable std::optional<store::MessageFilter> asked_filter;
  mutable std::optional<domain::MessageId> asked_before;
  mutable std::optional<std::size_t> asked_limit;
  mutable std::optional<store::PageStart> asked_start;
  mutable std::optional<domain::ConversationId> asked_conversation;
};

// Keeps what it is asked for, and answers it at once unless a test holds the answers back.
class RecordingProviders final : public domain::ProviderAdmin {
 public:
  std::vector<domain::ProviderInfo> list() const override { return plugins; }
  void set_enabled(const std::string& name, bool enabled, Done done) override {
    switched.emplace_back(name, enabled);
    finish(std::move(done));
  }
  base::Result<std::string> config(std::string_view name) const override {
    const auto found = configs.find(std::string(name));
    if (found == configs.end()) return base::fail(base::ErrorCode::kNotFound, "SECRET no such provider");
    return found->second;
  }
  void configure(const std::string& name, const std::string& json, Configured done) override {
    configured.emplace_back(name, json);
    finish([this, done = std::move(done)](base::Status status) { done(std::move(status), document_faults); });
  }
  void reset_config(const std::string& name, Configured done) override {
    reset.push_back(name);
    finish([done = std::move(done)](base::Status status) { done(std::move(status), {}); });
  }
  domain::FaultSettings faults() const override { return fault_settings; }
  std::vector<std::string> fault_injectors() const override { return {"email", "sms-mms"}; }
  void set_faults(domain::FaultSettings settings, Done done) override {
    if (!error) fault_settings = std::move(settings);
    finish(std::move(done));
  }
  void webhook(const std::string& name, domain::WebhookRequest request, Answered answered) override {
    webhook_of = name;
    webhooks.push_back(std::move(request));
    run([this, answered = std::move(answered)] {
      if (error) return answered(tl::make_unexpected(*error));
      answered(webhook_answer);
    });
  }

  // Gives the answers that were held back.
  void answer_now() {
    while (!waiting_.empty()) {
      waiting_.front()();
      waiting_.pop_front();
    }
  }

  std::vector<domain::ProviderInfo> plugins;
  std::map<std::string, std::string> configs;
  std::optional<base::Error> error;                    // of everything that is asked from now on
  std::vector<domain::DocumentFault> document_faults;  // of every configuration
  bool hold = false;
  domain::FaultSettings fault_settings;
  domain::WebhookResponse webhook_answer;

  std::vector<std::pair<std::string, bool>> switched;
  std::vector<std::pair<std::string, std::string>> configured;
  std::vector<std::string> reset;
  std::string webhook_of;
  std::vector<domain::WebhookRequest> webhooks;

 private:
  void run(std::function<void()> step) {
    if (hold)
      waiting_.push_back(std::move(step));
    else
      step();
  }
  void finish(Done done) {
    run([this, done = std::move(done)] { done(error ? base::Status(tl::make_unexpected(*error)) : base::Status()); });
  }

  std::deque<std::function<void()>> waiting_;
};

class FixedLanes final : public domain::BreakerView {
 public:
  std::optional<domain::LaneView> lane(std::string_view provider) const override {
    const auto found = lanes.find(std::string(provider));
    return found == lanes.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, domain::LaneView> lanes;
};

class FixedReadiness final : public api::Readiness {
 public:
  std::vector<api::NotReady> reasons() const override { return now; }
  std::vector<std::string> stalled_providers() const override { return stalled; }
  std::vector<api::NotReady> now;
  std::vector<std::string> stalled;
};

}  // namespace herald::test
