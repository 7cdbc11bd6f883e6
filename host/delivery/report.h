// What a lane tells operators: one line per settled attempt, and the provider's instruments.
#pragma once

#include <span>
#include <string>

#include "delivery/breaker.h"
#include "delivery/in_flight.h"
#include "delivery/outbox.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::delivery {

// One line for each, and the counter; also for what no lane had. Any thread.
void report_expired(std::span<const store::ExpiredMessage> messages, observe::Log& log, observe::Metrics& metrics);

// The lane's thread only. Log and metrics are borrowed.
class Report {
 public:
  Report(std::string provider, observe::Log& log, observe::Metrics& metrics);

  // After the commit, never before: a counter says what is on disk.
  void settled(std::span<const Finished> finished);
  void expired(std::span<const store::ExpiredMessage> messages);

  void transition(const Breaker::Transition& transition);
  void late(const GivenUp& call, const domain::Outcome& outcome);
  // Its message is not known any more, or never was.
  void invalid(domain::Ticket ticket);
  // A commit failed; what it held is kept and tried again.
  void postponed(const base::Error& error);
  // The store calls a command of the lane invalid, which is a fault of our own; its messages stay dispatching until the
  // next start.
  void refused(const base::Error& error);
  // Debug only: nothing was claimed, the dispatcher asks again, and the writer has told of the failed commit.
  void claim_failed(const base::Error& error);
  void in_flight(std::size_t count);

 private:
  void count(const Finished& finished);
  void write(const Finished& finished);

  const std::string provider_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  observe::ProviderMetrics& own_;
};

}  // namespace herald::delivery
