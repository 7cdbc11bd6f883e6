// The calls of the provider that are under way, by ticket, and when each is given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "delivery/breaker.h"
#include "domain/ports.h"

namespace herald::delivery {

// One call: what its settlement will need once the message itself has gone to the provider.
struct Flight {
  domain::MessageId id;
  std::string request_id;
  domain::Channel channel = domain::Channel::kSms;
  std::uint32_t attempt = 1;
  std::uint32_t spent = 0;
  base::WallTime expires_at;
  base::WallTime started_at;
  base::MonoTime submitted_at;
  Breaker::Permit permit;
};

// A call that was given up, for the line about the outcome that comes too late.
struct GivenUp {
  domain::MessageId id;
  std::string request_id;
};

// The lane's thread only.
class InFlight {
 public:
  // Given-up tickets that are remembered, so that a late outcome is told from one that was never asked for.
  static constexpr std::size_t kRemembered = 65'536;

  // A ticket that was never used before.
  domain::Ticket add(Flight flight, base::MonoTime give_up_at);

  // The flight that an outcome ends; nothing for a ticket that is not in flight.
  std::optional<Flight> take(domain::Ticket ticket);

  // The next flight whose time is over; nothing when there is none. Its place is free at once.
  std::optional<Flight> give_up_next(base::MonoTime now);

  // The call of a ticket that was given up, once: its outcome is late. Nothing: double, or never submitted.
  std::optional<GivenUp> take_given_up(domain::Ticket ticket);

  // When the first flight will be given up.
  std::optional<base::MonoTime> next_deadline();

  std::size_t size() const { return flights_.size(); }
  // Tickets that were given up and whose outcome has not come; at most kRemembered.
  std::size_t given_up() const { return given_up_.size(); }

 private:
  using Deadline = std::pair<base::MonoTime, domain::Ticket>;

  void drop_ended();

  domain::Ticket last_ticket_ = 0;
  std::unordered_map<domain::Ticket, Flight> flights_;
  // Holds ended flights too, until they come to the top.
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::unordered_map<domain::Ticket, GivenUp> given_up_;
  std::deque<domain::Ticket> given_up_order_;
};

}  // namespace herald::delivery
