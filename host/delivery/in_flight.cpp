#include "delivery/in_flight.h"

namespace herald::delivery {

domain::Ticket InFlight::add(Flight flight, base::MonoTime give_up_at) {
  const domain::Ticket ticket = ++last_ticket_;
  flights_.emplace(ticket, std::move(flight));
  deadlines_.emplace(give_up_at, ticket);
  return ticket;
}

std::optional<Flight> InFlight::take(domain::Ticket ticket) {
  auto node = flights_.extract(ticket);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::optional<Flight> InFlight::give_up_next(base::MonoTime now) {
  drop_ended();
  if (deadlines_.empty() || now < deadlines_.top().first) return std::nullopt;
  const domain::Ticket ticket = deadlines_.top().second;
  deadlines_.pop();
  given_up_.insert(ticket);
  given_up_order_.push_back(ticket);
  if (given_up_order_.size() > kRemembered) {
    given_up_.erase(given_up_order_.front());
    given_up_order_.pop_front();
  }
  return take(ticket);
}

bool InFlight::was_given_up(domain::Ticket ticket) {
  return given_up_.erase(ticket) > 0;
}

std::optional<base::MonoTime> InFlight::next_deadline() {
  drop_ended();
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.top().first;
}

void InFlight::drop_ended() {
  while (!deadlines_.empty() && flights_.find(deadlines_.top().second) == flights_.end())
    deadlines_.pop();
}

}  // namespace herald::delivery
