// A sink that keeps what came of each message, and the messages to send to it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "domain/ports.h"
#include "support/eventually.h"

namespace herald::test {

// Any thread.
class RecordingSink final : public domain::OutcomeSink {
 public:
  void complete(domain::Ticket ticket, domain::Outcome outcome) noexcept override {
    const base::MutexLock lock(mutex_);
    outcomes_[ticket].push_back(std::move(outcome));
  }

  std::size_t count() const {
    const base::MutexLock lock(mutex_);
    std::size_t sum = 0;
    for (const auto& [ticket, outcomes] : outcomes_)
      sum += outcomes.size();
    return sum;
  }

  // Waits until so many outcomes have come; a provider may complete after its submit was handed over.
  bool comes_to(std::size_t outcomes) const {
    return eventually([&] { return count() >= outcomes; });
  }

  // Every outcome of one ticket.
  std::vector<domain::Outcome> of(domain::Ticket ticket) const {
    const base::MutexLock lock(mutex_);
    const auto found = outcomes_.find(ticket);
    return found == outcomes_.end() ? std::vector<domain::Outcome>{} : found->second;
  }

 private:
  mutable base::Mutex mutex_;
  std::map<domain::Ticket, std::vector<domain::Outcome>> outcomes_ HERALD_GUARDED_BY(mutex_);
};

inline domain::DispatchItem item_with(domain::Ticket ticket, std::string body, base::MonoTime deadline) {
  domain::DispatchItem item;
  item.ticket = ticket;
  item.deadline = deadline;
  item.message.id = base::MessageId{static_cast<std::int64_t>(ticket) + 1000};
  item.message.content.channel = domain::Channel::kEmail;
  item.message.content.from = "a@example.org";
  item.message.content.to = "b@example.org";
  item.message.content.body = std::move(body);
  return item;
}

}  // namespace herald::test
