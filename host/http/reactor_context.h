// What the connections of one reactor share. On that reactor's thread only.
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/fault_report.h"
#include "http/handler.h"
#include "http/options.h"
#include "http/response_writer.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace herald::http {

// What the server borrows from the composition root; outlives every reactor.
struct Surroundings {
  const Options& options;
  Handler& handler;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
};

struct ReactorContext {
  explicit ReactorContext(const Surroundings& around)
      : options(around.options),
        handler(around.handler),
        clock(around.clock),
        log(around.log),
        metrics(around.metrics),
        writer(around.clock),
        faults(around.log) {}

  static constexpr std::size_t kReadBytes = 64U << 10U;

  const Options& options;
  Handler& handler;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
  ResponseWriter writer;
  FaultReport faults;
  base::SeededRandom random{base::entropy_seed()};
  std::vector<char> read_buffer = std::vector<char>(kReadBytes);
  base::MonoTime now{};  // of the current wake-up
  bool draining = false;
};

}  // namespace herald::http
