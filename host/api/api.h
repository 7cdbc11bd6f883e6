// The REST surface: requests in, JSON out. It decides nothing; intake does.
//
// Threads: every function from any reactor's thread, concurrently. A message that is sent is answered later, from the
// writer's thread. Reads of the store run on the reactor's own thread: they are short, on connections of the reader's
// own, and wait for no commit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/options.h"
#include "api/readiness.h"
#include "api/router.h"
#include "base/clock.h"
#include "base/result.h"
#include "domain/ports.h"
#include "http/handler.h"
#include "intake/intake.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::api {

class Api final : public http::Handler {
 public:
  // All are borrowed and outlive the API and every request that it has handed to the intake.
  struct Dependencies {
    intake::Intake& intake;
    const store::Reader& reader;
    const domain::ProviderAdmin& providers;
    const domain::BreakerView& breakers;
    const Readiness& readiness;
    const base::Clock& clock;
    observe::Log& log;
    observe::Metrics& metrics;
  };

  Api(Options options, const Dependencies& dependencies);

  void handle(const http::Request& request, http::Responder responder) override;
  http::Response refuse(const http::Fault& fault) noexcept override;
  std::optional<http::Response> check_head(const http::Request& request) override;

 private:
  void send(const http::Request& request, intake::Medium medium, http::Responder responder);
  http::Response answer(const Match& match, const http::Request& request);
  http::Response message(const std::string& id, const http::Request& request);
  http::Response providers(const http::Request& request);
  http::Response provider(const std::string& name, const http::Request& request);
  http::Response ready(const http::Request& request);
  http::Response metrics(const http::Request& request);
  http::Response read_failure(const base::Error& error, std::string_view request_id);

  const Options options_;
  const Dependencies from_;
  const Router router_;
};

}  // namespace herald::api
