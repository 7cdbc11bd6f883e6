// A store that keeps what is accepted in memory and refuses when it is told to; for tests of what stands before it.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/id.h"
#include "domain/ports.h"
#include "store/store.h"

namespace herald::test {

// The writer's thread only, as every Store.
class AcceptingStore final : public store::Store {
 public:
  // From here on each command fails alone, as at the queue's bound.
  void refuse_with(base::ErrorCode code) { refusal_ = base::Error{code, "SECRET /var/lib/herald/db: disk I/O error"}; }

  const std::vector<domain::NewMessage>& accepted() const { return accepted_; }

  base::Status apply(std::span<store::Command> batch) override {
    for (auto& command : batch) {
      auto* accept = std::get_if<store::Accept>(&command);
      if (accept == nullptr) continue;
      if (refusal_) {
        accept->done(tl::make_unexpected(*refusal_));
        continue;
      }
      const auto id = ids_.next(accept->message.accepted_at);
      accepted_.push_back(std::move(accept->message));
      accept->done(id);
    }
    return {};
  }
  base::Status recover() override { return {}; }
  void maintain() override {}

 private:
  base::IdSource ids_;
  std::optional<base::Error> refusal_;
  std::vector<domain::NewMessage> accepted_;
};

// Routes as a test sets them.
class FixedRoutes final : public domain::RouteTable {
 public:
  std::optional<std::string> route(domain::Channel channel) const override {
    if (channel == domain::Channel::kEmail) return email;
    return phone;
  }

  std::optional<std::string> phone = "sms-mms";
  std::optional<std::string> email = "email";
};

}  // namespace herald::test
