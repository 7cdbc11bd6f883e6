// The two mixes of `herald bench` as the store's commands, for benchmarks that leave HTTP out. The same addresses, so
// that a folder that was filled this way holds the conversations that the requests come to.
#pragma once

#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "observe/log.h"
#include "store/sqlite_store.h"

namespace herald::bench {

class SilentLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

// One thread at a time.
class MixedAccepts {
 public:
  // `mix` is 'a' or 'b'. The same seed makes the same messages.
  MixedAccepts(char mix, std::string provider, std::uint64_t seed)
      : large_(mix == 'b'), provider_(std::move(provider)), random_(seed), text_(kText) {
    while (large_ && text_.size() < kLargeText)
      text_ += kText;
    if (large_) text_.resize(kLargeText);
  }

  std::vector<store::Command> batch(std::size_t count) {
    std::vector<store::Command> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      batch.emplace_back(next());
    return batch;
  }

 private:
  static constexpr std::uint64_t kSenders = 1'000;
  static constexpr std::uint64_t kRecipients = 9'000;
  static constexpr std::uint64_t kPairs = 100'000;
  static constexpr std::size_t kLargeText = 1'024;
  static constexpr const char* kText = "Your code is 123456. It is valid for ten minutes; tell it to nobody.";

  domain::Digest digest() {
    domain::Digest digest{};
    for (auto& byte : digest)
      byte = static_cast<std::uint8_t>(random_());
    return digest;
  }

  store::Accept next() {
    const std::uint64_t pair = random_() % kPairs;
    const std::uint64_t sender = large_ ? pair % kSenders : random_() % kSenders;
    const std::uint64_t recipient = large_ ? pair : random_() % kRecipients;
    store::Accept command;
    auto& message = command.message;
    message.content.from = "+1" + std::to_string(2'013'000'000 + sender);
    message.content.to = "+1" + std::to_string(2'012'000'000 + recipient);
    message.content.body = text_;
    message.content.timestamp = clock_.wall();
    message.provider = provider_;
    message.request_id = "01JH0000000000000000000000";
    message.normalized_from = message.content.from;
    message.normalized_to = message.content.to;
    message.accepted_at = clock_.wall();
    message.expires_at = message.accepted_at + std::chrono::hours{24};
    if (large_) command.key = domain::RequestKey{digest(), digest()};
    command.done = [](const auto& id) {
      if (!id) throw std::runtime_error(id.error().message);
    };
    return command;
  }

  const base::SystemClock clock_;
  const bool large_;
  const std::string provider_;
  std::mt19937_64 random_;
  std::string text_;
};

}  // namespace herald::bench
