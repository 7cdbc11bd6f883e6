#include "providers/administration.h"

#include <utility>

#include "providers/faults.h"
#include "providers/plain_text.h"
#include "providers/secrets.h"

namespace herald::providers {
namespace {

using base::ErrorCode;

constexpr const char* kNoChangesNow =
    "the providers take no changes at this moment: they are being started or stopped, "
    "or too many changes wait";

}  // namespace

Administration::Administration(const Options& options, Registry& registry, const Roster& roster,
                               const Surroundings& surroundings)
    : options_(options),
      registry_(registry),
      roster_(roster),
      surroundings_(surroundings),
      faults_(fault_settings(options), surroundings.log) {}

Administration::~Administration() {
  close();
}

void Administration::prepare(const Outlets& outlets, const KeptState& kept) {
  keeper_.emplace(outlets.kept, surroundings_.log);
  enablement_.emplace(registry_, outlets.lanes, *keeper_, surroundings_.log);
  enablement_->begin(kept);
  control_.open();
}

void Administration::close() {
  control_.close();
}

base::Result<std::shared_ptr<Guard>> Administration::find(std::string_view name) const {
  if (!open_) return base::fail(ErrorCode::kUnavailable, "the providers are being started");
  if (const auto slot = roster_.find(name)) {
    if (auto guard = slot->guard()) return guard;
  }
  return base::fail(ErrorCode::kNotFound, "no provider that runs is named \"" + one_line(name, 64) + "\"");
}

void Administration::post(const Done& done, std::function<base::Status()> change) {
  const bool posted = open_ && control_.post({[done, change = std::move(change)] { done(change()); },
                                              [done] { done(base::fail(ErrorCode::kUnavailable, kNoChangesNow)); }});
  if (!posted) done(base::fail(ErrorCode::kUnavailable, kNoChangesNow));
}

void Administration::post(const Configured& done, std::function<void(const Configured&)> change) {
  const auto decline = [done] { done(base::fail(ErrorCode::kUnavailable, kNoChangesNow), {}); };
  if (!open_ || !control_.post({[done, change = std::move(change)] { change(done); }, decline})) decline();
}

void Administration::set_enabled(const std::string& name, bool enabled, Done done) {
  post(done, [this, name, enabled] { return enablement_->set(name, enabled, control_.patience()); });
}

base::Result<std::string> Administration::config(std::string_view name) const {
  const auto guard = find(name);
  if (!guard) return tl::make_unexpected(guard.error());
  return with_secrets_masked((*guard)->descriptor().config_schema, (*guard)->config());
}

void Administration::set_faults(domain::FaultSettings settings, Done done) {
  post(done, [this, settings = std::move(settings)] {
    return faults_.change(settings, control_.patience(), options_.control_timeout);
  });
}

void Administration::webhook(const std::string& name, domain::WebhookRequest request, Answered answered) {
  const auto guard = find(name);
  if (!guard) return answered(tl::make_unexpected(guard.error()));
  (*guard)->webhook(std::move(request), std::move(answered));
}

}  // namespace herald::providers
