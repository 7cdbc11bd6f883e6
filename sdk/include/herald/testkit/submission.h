// Messages on their way into a plugin under test, and the memory that the contract lends with them.
#ifndef HERALD_TESTKIT_SUBMISSION_H
#define HERALD_TESTKIT_SUBMISSION_H

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <herald/abi.h>
#include <herald/message.h>
#include <herald/testkit/fake_host.h>

namespace herald::testkit {

/// A message for a plugin under test; every member has a default that a provider takes.
struct TestMessage {
  std::string channel = "sms";
  std::string from = "+15550100";
  std::string to = "+15550101";
  std::optional<std::string> subject;
  std::string body = "Hello";
  std::vector<std::string> attachments;
  std::string dispatch_token;  // empty: one is made from the ordinal
  std::uint64_t ordinal = 0;
  std::uint32_t attempt = 1;
  std::chrono::milliseconds time_left{10'000};  // from submit to the deadline
};

namespace detail {

// The memory of one batch. It is laid out as the contract allows, and as a careless plugin does not expect it: messages
// stand further apart than their size, and each is a block of its own that vanishes with its completion.
class Submission {
 public:
  Submission(const std::vector<TestMessage>& messages, std::uint64_t first_item)
      : memory_(messages.size() * kStride, '\xAB'), texts_(messages.size()) {
    batch_.struct_size = sizeof batch_;
    batch_.count = static_cast<std::uint32_t>(messages.size());
    batch_.stride = kStride;
    batch_.messages = memory_.data();
    for (std::size_t index = 0; index < messages.size(); ++index) {
      texts_[index] = std::make_unique<Texts>(messages[index]);
      const auto raw = texts_[index]->raw(first_item + index);
      std::memcpy(memory_.data() + index * kStride, &raw, sizeof raw);
    }
  }

  const herald_batch* batch() const { return &batch_; }

  std::int64_t deadline_ns(std::size_t index) const { return texts_[index]->deadline_ns; }

  // The host's right once a message is completed: its memory is gone.
  void release(std::size_t index) {
    texts_[index].reset();
    std::memset(memory_.data() + index * kStride, 0xAB, kStride);
  }

 private:
  static constexpr std::size_t kStride = sizeof(herald_message) + 16;

  struct Texts {
    explicit Texts(const TestMessage& from)
        : message(from),
          id("message-" + std::to_string(from.ordinal)),
          token(from.dispatch_token.empty() ? "token-" + std::to_string(from.ordinal) : from.dispatch_token),
          request_id("request-" + std::to_string(from.ordinal)),
          deadline_ns(FakeHost::now_ns() + std::chrono::nanoseconds(from.time_left).count()) {
      for (const std::string& url : message.attachments)
        attachments.push_back(herald::detail::as_str(url));
    }

    herald_message raw(std::uint64_t item) const {
      herald_message raw = {};
      raw.struct_size = sizeof raw;
      raw.attempt = message.attempt;
      raw.item = item;
      raw.ordinal = message.ordinal;
      raw.deadline_ns = deadline_ns;
      raw.id = herald::detail::as_str(id);
      raw.dispatch_token = herald::detail::as_str(token);
      raw.request_id = herald::detail::as_str(request_id);
      raw.channel = herald::detail::as_str(message.channel);
      raw.from = herald::detail::as_str(message.from);
      raw.to = herald::detail::as_str(message.to);
      if (message.subject) raw.subject = herald::detail::as_str(*message.subject);
      raw.body = herald::detail::as_str(message.body);
      raw.attachments = attachments.data();
      raw.attachment_count = static_cast<std::uint32_t>(attachments.size());
      return raw;
    }

    TestMessage message;
    std::string id;
    std::string token;
    std::string request_id;
    std::int64_t deadline_ns;
    std::vector<herald_str> attachments;
  };

  std::vector<char> memory_;
  std::vector<std::unique_ptr<Texts>> texts_;
  herald_batch batch_ = {};
};

}  // namespace detail
}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_SUBMISSION_H
