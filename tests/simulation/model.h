// What the system promises, as one who looks at it from outside can say it: requests and their answers, calls of
// providers and their ends, operators' orders, receipts, crashes. It knows nothing of how the host is made; each
// function throws Broken when what it is told cannot be.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "breaker_model.h"
#include "delivery/options.h"
#include "domain/ports.h"
#include "stored.h"

namespace herald::simulation {

// One call of a provider.
struct Call {
  std::string provider;
  domain::Ticket ticket = 0;
  std::uint32_t attempt = 0;
  std::uint32_t counted = 0;  // attempts since an operator's last retry, this one too
  base::WallTime expires_at;
  base::MonoTime give_up_at;
  bool open = true;
  bool past = false;                   // a crash came after it
  std::optional<domain::Outcome> end;  // the first outcome that came in time, or a timeout
  base::WallTime ended_at;
  bool may_come_again = false;  // its end is not known: lost in a crash under resend, unfinished, or retried on demand
};

// What an ended call may make of its message.
struct Fates {
  bool dispatched = false;
  bool failed = false;
  bool expired = false;
  bool again = false;  // due within these two
  base::WallTime from;
  base::WallTime to;
};

struct Message {
  std::string body;  // its name too
  std::string key;
  std::int64_t id = 0;  // once acknowledged, or seen on the disk
  bool acknowledged = false;
  bool refused = true;  // nothing that asked for it can have left something behind
  std::uint64_t open_requests = 0;
  std::set<std::string> providers;
  std::set<base::WallTime> expiries;
  std::chrono::milliseconds lifetime{0};
  bool cancelled = false;  // and told so
  bool may_be_cancelled = false;
  bool may_be_retried = false;
  bool may_be_uncertain = false;
  std::vector<Call> calls;
  std::optional<StoredMessage> seen;
};

struct LaneModel {
  LaneModel(const delivery::BreakerPolicy& policy, std::chrono::nanoseconds trial_life) : breaker(policy, trial_life) {}
  BreakerModel breaker;
  base::MonoTime held_until = base::MonoTime::min();
  bool leaving = false;                                                // claims and calls nothing more
  bool stopping = false;                                               // because the host stops
  std::vector<std::pair<domain::Ticket, domain::Outcome>> completed;   // not heard yet
  std::map<domain::Ticket, std::pair<std::string, std::size_t>> open;  // body, index of its call
};

class Model {
 public:
  Model(const delivery::Options& options, bool hold, const base::Clock& clock);

  // ---- Clients ----
  void asked(const std::string& body, const std::string& key, const std::string& provider, std::chrono::seconds ttl);
  void accepted(const std::string& body, std::int64_t id, bool replayed);
  // `maybe`: the answer does not say whether it was stored.
  void refused(const std::string& body, bool maybe);
  // The body that holds a key on the disk; nothing when none does.
  std::optional<std::string> owner_of(const std::string& key) const;
  bool is_asked(const std::string& key) const;

  // ---- Operators ----
  void cancelled(const std::string& body);
  void may_be_cancelled(const std::string& body) { messages_.at(body).may_be_cancelled = true; }
  void may_be_retried(const std::string& body);
  // Every message that may be retried by an order that is on its way.
  void all_may_be_retried();

  // ---- Carriers ----
  void receipt(const std::string& provider, const std::string& id, bool delivered, bool maybe);
  void received(const std::string& body, std::int64_t id);

  // ---- Providers and lanes ----
  void attached(const std::string& provider);
  void leaving(const std::string& provider, bool host_stops);
  void lane_begins(const std::string& provider);
  void called(const std::string& provider, const domain::DispatchItem& item, std::optional<std::uint32_t> in_flight);
  void completed(const std::string& provider, domain::Ticket ticket, const domain::Outcome& outcome);
  void hears_inside_submit(const std::string& provider) { hear(lanes_.at(provider)); }
  void lane_ended(const std::string& provider, const domain::LaneView& view) const;

  // ---- Time and the disk ----
  void time_moved();
  // `found` is what a restart will find.
  void crashed(const std::map<std::int64_t, StoredMessage>& found);
  void restarted();
  void looked_at(const std::map<std::int64_t, StoredMessage>& stored);
  // Providers answer at once and well, and nothing moves any more without time.
  void nothing_waits_in_vain() const;
  void at_rest() const;

  std::map<std::string, Message>& messages() { return messages_; }
  std::size_t size() const { return messages_.size(); }
  // Open calls of the lane.
  std::size_t open_calls(const std::string& provider) const { return lanes_.at(provider).open.size(); }

 private:
  struct Said {
    bool delivered = false;
    bool maybe = false;
  };

  void hear(LaneModel& lane);
  void end(LaneModel& lane, domain::Ticket ticket, const domain::Outcome& outcome);
  Fates fates_of(const Call& call) const;
  const Call& call_of(const Message& message, const StoredAttempt& attempt) const;
  void check_call(const Message& message, const domain::DispatchItem& item) const;
  void look_at(Message& message, const StoredMessage& stored);
  void check_step(Message& message, const StoredMessage& now) const;
  void check_waiting(const Message& message, const StoredMessage& stored) const;
  void check_settled(const Message& message, const StoredMessage& stored) const;
  void check_receipts(const StoredMessage& stored, const StoredAttempt& last) const;
  void check_present(const std::map<std::int64_t, StoredMessage>& stored) const;

  const delivery::Options options_;
  const bool hold_;
  const base::Clock& clock_;
  base::WallTime latest_;                        // that the wall clock ever showed
  std::map<std::string, Message> messages_;      // outbound, by body
  std::map<std::string, std::int64_t> inbound_;  // acknowledged, by body
  std::map<std::string, LaneModel> lanes_;
  std::map<std::pair<std::string, std::string>, std::vector<Said>> receipts_;
};

}  // namespace herald::simulation
