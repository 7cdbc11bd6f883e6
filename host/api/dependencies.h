// What the API works with.
#pragma once

#include "access/access.h"
#include "api/readiness.h"
#include "base/clock.h"
#include "domain/ports.h"
#include "intake/intake.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::api {

// All are borrowed and outlive the API and every request that it has handed to the intake or to the providers.
struct Dependencies {
  intake::Intake& intake;
  const store::Reader& reader;
  domain::ProviderAdmin& providers;
  const domain::BreakerView& breakers;
  const Readiness& readiness;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
  const access::Access& access;
};

}  // namespace herald::api
