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
  auto flight = take(ticket);
  if (!flight) return std::nullopt;  // drop_ended leaves none on top that has ended
  given_up_.emplace(ticket, GivenUp{flight->id, flight->request_id});
  given_up_order_.push_back(ticket);
  if (given_up_order_.size() > kRemembered) {
    given_up_.erase(given_up_order_.front());
    given_up_order_.pop_front();
  }
  return flight;
}

std::optional<GivenUp> InFlight::take_given_up(domain::Ticket ticket) {
  auto node = given_up_.extract(ticket);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
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
