#include "providers/rehearsal.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "domain/ports.h"
#include "providers/emits.h"
#include "providers/host_services.h"
#include "providers/kept.h"
#include "providers/plugin_call.h"

namespace herald::providers {
namespace {

class NoLog final : public observe::Log {
 public:
  bool enabled(observe::LogLevel /*level*/) const override { return false; }
  void write(observe::LogLevel /*level*/, std::string_view /*event*/,
             std::initializer_list<observe::Field> /*fields*/) override {}
};

// Is never handed anything: emits are taken from a start on.
class NoSink final : public domain::InboundSink {
 public:
  void receive(domain::CarrierEvents /*events*/, std::function<void(base::Status)> done) override {
    done(base::fail(base::ErrorCode::kUnavailable, "this is a rehearsal"));
  }
};

// Everything that a plugin may still touch after destroy, against the contract: as in a host, it lives on.
struct Stage {
  explicit Stage(const std::string& provider)
      : emits(std::make_shared<Emits>(provider, sink)),
        services(std::make_shared<HostServices>(provider, Surroundings{clock, log, metrics}, kSeed, emits->table())) {
    emits->speak_through(services);
  }

  static constexpr std::uint64_t kSeed = 1;
  base::SystemClock clock;
  NoLog log;
  observe::Metrics metrics;
  NoSink sink;
  std::shared_ptr<Emits> emits;
  std::shared_ptr<HostServices> services;
};

}  // namespace

void rehearse(const Plugin& plugin) {
  const auto stage = std::make_shared<Stage>(plugin.descriptor.name);
  keep_until_exit(stage);
  const auto made = contained([&] { return plugin.calls.create(stage->services->table()); });
  if (made && *made != nullptr) contained_void([&] { plugin.calls.destroy(*made); });
}

}  // namespace herald::providers
