#include "providers/administration.h"

#include <utility>

#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/plain_text.h"
#include "providers/secrets.h"

namespace herald::providers {
namespace {

using base::ErrorCode;

constexpr const char* kNoChangesNow =
    "the providers take no changes at this moment: they are being started or stopped, "
    "or too many changes wait";

// `given` as the plugin is to get it: fitting its schema, and with the secrets of `former` that it does not name anew.
base::Result<std::string> checked(const std::string& former, const std::string& schema, const std::string& given) {
  if (auto readable = check_document(given); !readable) return tl::make_unexpected(readable.error());
  auto json = with_secrets_of(former, schema, given);
  if (!json) return json;
  if (auto valid = check_config(schema, *json); !valid) return tl::make_unexpected(valid.error());
  return json;
}

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
}

void Administration::open() {
  control_.open();
  open_ = true;
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

void Administration::post(Done done, std::function<base::Status()> change) {
  const bool posted = control_.post({[done, change = std::move(change)] { done(change()); },
                                     [done] { done(base::fail(ErrorCode::kUnavailable, kNoChangesNow)); }});
  if (!posted) done(base::fail(ErrorCode::kUnavailable, kNoChangesNow));
}

void Administration::set_enabled(const std::string& name, bool enabled, Done done) {
  post(std::move(done), [this, name, enabled] { return enablement_->set(name, enabled, control_.patience()); });
}

base::Result<std::string> Administration::config(std::string_view name) const {
  const auto guard = find(name);
  if (!guard) return tl::make_unexpected(guard.error());
  return with_secrets_masked((*guard)->descriptor().config_schema, (*guard)->config());
}

void Administration::configure(const std::string& name, const std::string& json, Done done) {
  post(std::move(done), [this, name, json] { return configure_now(name, json); });
}

base::Status Administration::configure_now(const std::string& name, const std::string& given) {
  const auto found = find(name);
  if (!found) return configure_failed(name, given, found.error());
  if (registry_.leaving(name)) {
    return base::fail(ErrorCode::kNotFound,
                      "the provider \"" + name + "\" is being removed, since its file is gone from the plugin folder");
  }
  Guard& guard = **found;
  const std::string& schema = guard.descriptor().config_schema;
  const std::string former = guard.config();
  const auto json = checked(former, schema, given);
  if (!json) return tl::make_unexpected(json.error());

  const auto& patience = control_.patience();
  auto changed = guard.configure(*json, patience, options_.control_timeout);
  if (!changed) {
    changed.error().message = without_secrets(std::move(changed.error().message), schema, *json);
    surroundings_.log.warn("provider.config_refused", {{"provider_name", name}, {"error", changed.error().message}});
    return changed;
  }
  auto kept = keeper_->keep_config(name, *json, patience);
  if (kept) {
    surroundings_.log.info("provider.configured", {{"provider_name", name}});
    return {};
  }
  surroundings_.log.error("provider.change_undone",
                          {{"provider_name", name}, {"change", "configure"}, {"error", kept.error().message}});
  if (patience->ended()) return kept;  // the host stops; the next start decides
  if (auto undone = guard.configure(former, patience, options_.control_timeout); !undone) {
    surroundings_.log.error("provider.config_not_restored",
                            {{"provider_name", name},
                             {"error", without_secrets(std::move(undone.error().message), schema, former)},
                             {"effect", "the new configuration is in force until the next start"}});
  }
  return kept;
}

base::Status Administration::configure_failed(const std::string& name, const std::string& given,
                                              const base::Error& not_found) {
  const auto schema = failed_ == nullptr ? std::nullopt : failed_->schema_of(name);
  if (!schema) return tl::make_unexpected(not_found);
  const auto json = checked("{}", *schema, given);  // nothing is in force that a secret could stay
  if (!json) return tl::make_unexpected(json.error());
  auto started = failed_->try_again(name, *json, [this, &name](const std::string& config) {
    auto kept = keeper_->keep_config(name, config, control_.patience());
    if (!kept) {
      surroundings_.log.error("provider.change_undone",
                              {{"provider_name", name}, {"change", "configure"}, {"error", kept.error().message}});
    }
    return kept;
  });
  if (started) surroundings_.log.info("provider.configured", {{"provider_name", name}});
  return started;
}

void Administration::set_faults(domain::FaultSettings settings, Done done) {
  post(std::move(done), [this, settings = std::move(settings)] {
    return faults_.change(settings, control_.patience(), options_.control_timeout);
  });
}

void Administration::webhook(const std::string& name, domain::WebhookRequest request, Answered answered) {
  const auto guard = find(name);
  if (!guard) return answered(tl::make_unexpected(guard.error()));
  (*guard)->webhook(std::move(request), std::move(answered));
}

}  // namespace herald::providers
