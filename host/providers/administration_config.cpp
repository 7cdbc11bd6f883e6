// Changes of a provider's configuration, to which two versions may listen: the one that runs, and one that was refused
// for want of another configuration.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "providers/administration.h"
#include "providers/config_schema.h"
#include "providers/plain_text.h"
#include "providers/secrets.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using domain::DocumentFault;

// A configuration as one version is to get it.
struct Fitting {
  std::optional<std::string> json;
  base::Error error;  // without json
  std::vector<DocumentFault> faults;
};

Fitting unfit(const base::Error& error) {
  return {std::nullopt, error, {}};
}

// `given`, with the secrets of `former` that it does not name anew, if it fits the schema.
Fitting fitting(const std::string& former, const std::string& schema, const std::string& given) {
  if (const auto readable = check_document(given); !readable) return unfit(readable.error());
  auto json = with_secrets_of(former, schema, given);
  if (!json) return unfit(json.error());
  auto faults = config_faults(schema, *json);
  if (!faults) return unfit(faults.error());
  if (!faults->empty()) return {std::nullopt, unfit_error(*faults), *std::move(faults)};
  return {*std::move(json), {}, {}};
}

// What two versions have against a document: each fault says whose it is.
Fitting neither(Fitting running, const std::string& version, Fitting waiting, const FailedStarts::Waiting& successor) {
  const std::string of_running = "for version " + version + ", which runs";
  const std::string of_waiting =
      "for version " + one_line(successor.version, 64) + " in " + successor.file_name + ", which waits to take over";
  Fitting both;
  both.error = {ErrorCode::kInvalid,
                of_running + ": " + running.error.message + "; " + of_waiting + ": " + waiting.error.message};
  const auto take_over = [&both](Fitting from, const std::string& whose) {
    if (from.faults.empty()) from.faults.push_back({"", from.error.message});
    for (auto& fault : from.faults)
      both.faults.push_back({std::move(fault.pointer), fault.message + " (" + whose + ")"});
  };
  take_over(std::move(running), of_running);
  take_over(std::move(waiting), of_waiting);
  return both;
}

}  // namespace

// One change, and who of that name is there.
struct Administration::Order {
  std::string name;
  std::shared_ptr<Guard> running;                // none: only what waits is there
  std::optional<FailedStarts::Waiting> waiting;  // does not start at this moment
  Keep keep;                                     // of what is in force then
};

base::Result<Administration::Order> Administration::order(const std::string& name) {
  Order order{name, nullptr, failed_ == nullptr ? std::nullopt : failed_->waiting(name), {}};
  auto found = find(name);
  if (found) order.running = std::move(*found);
  if (!order.running && !order.waiting) return tl::make_unexpected(found.error());
  if (registry_.leaving(name)) {
    return base::fail(ErrorCode::kNotFound,
                      "the provider \"" + name + "\" is being removed, since its file is gone from the plugin folder");
  }
  // Once it is over, what it was started with is compared with what is its due then.
  if (order.waiting && order.waiting->starts) {
    if (!order.running) return base::fail(ErrorCode::kUnavailable, "the provider \"" + name + "\" is being started");
    order.waiting.reset();
  }
  return order;
}

void Administration::configure(const std::string& name, const std::string& json, Configured done) {
  post(done, [this, name, json](const Configured& told) { configure_now(name, json, told); });
}

void Administration::reset_config(const std::string& name, Configured done) {
  post(done, [this, name](const Configured& told) { reset_now(name, told); });
}

void Administration::configure_now(const std::string& name, const std::string& given, const Configured& done) {
  auto found = order(name);
  if (!found) return done(tl::make_unexpected(found.error()), {});
  found->keep = [this, name](const std::string& json) { return keeper_->keep_config(name, json, control_.patience()); };
  const std::string former = found->running ? found->running->config() : "{}";
  Fitting running;
  if (found->running) {
    running = fitting(former, found->running->descriptor().config_schema, given);
    if (running.json) {
      auto changed = put_in_force(*found, *running.json);
      if (changed && found->waiting && check_config(found->waiting->schema, *running.json)) failed_->retry(name);
      if (changed || !found->waiting || changed.error().code != ErrorCode::kInvalid)
        return done(std::move(changed), {});
      running = unfit(changed.error());
    } else if (!found->waiting) {
      return done(tl::make_unexpected(running.error), running.faults);
    }
  }
  auto waiting = fitting(former, found->waiting->schema, given);
  if (waiting.json) return cure(*found, *waiting.json, done);
  if (found->running) {
    waiting = neither(std::move(running), found->running->descriptor().version, std::move(waiting), *found->waiting);
  }
  done(tl::make_unexpected(waiting.error), std::move(waiting.faults));
}

// The settings' configuration is not the client's: that it does not fit is no fault of the request.
void Administration::reset_now(const std::string& name, const Configured& done) {
  auto found = order(name);
  if (!found) return done(tl::make_unexpected(found.error()), {});
  found->keep = [this, name](const std::string&) { return keeper_->drop_config(name, control_.patience()); };
  const auto conflict = [name](base::Error error) {
    if (error.code == ErrorCode::kInvalid) {
      error = {ErrorCode::kConflict, "the configuration of the settings is not taken: " + error.message +
                                         "; PUT another, or correct the settings and start the host again"};
    }
    return error;
  };
  const auto given = options_.provider_config.find(name);
  const std::string settings = given == options_.provider_config.end() ? "{}" : given->second;
  const auto told = [done, conflict](const base::Status& status, const std::vector<DocumentFault>&) {
    done(status ? base::Status() : base::Status(tl::make_unexpected(conflict(status.error()))), {});
  };
  if (!found->running) {
    if (auto fits = check_config(found->waiting->schema, settings); !fits) return told(fits, {});
    return cure(*found, settings, told);
  }
  if (auto fits = check_config(found->running->descriptor().config_schema, settings); !fits) return told(fits, {});
  const auto changed = put_in_force(*found, settings);
  if (changed && found->waiting && check_config(found->waiting->schema, settings)) failed_->retry(name);
  told(changed, {});
}

// Starts what waits, and lets it take over from what runs.
void Administration::cure(const Order& order, const std::string& json, const Configured& done) {
  const auto keep = [this, name = order.name, keep = order.keep](const std::string& config) {
    auto kept = keep(config);
    if (!kept) {
      surroundings_.log.error("provider.change_undone",
                              {{"provider_name", name}, {"change", "configure"}, {"error", kept.error().message}});
    }
    return kept;
  };
  failed_->try_again(order.name, json, keep, [this, name = order.name, done](base::Status started) {
    if (started) surroundings_.log.info("provider.configured", {{"provider_name", name}});
    done(std::move(started), {});
  });
}

base::Status Administration::put_in_force(const Order& order, const std::string& json) {
  Guard& guard = *order.running;
  const std::string& name = order.name;
  const std::string& schema = guard.descriptor().config_schema;
  const std::string former = guard.config();
  const auto& patience = control_.patience();
  auto changed = guard.configure(json, patience, options_.control_timeout);
  if (!changed) {
    changed.error().message = without_secrets(std::move(changed.error().message), schema, json);
    surroundings_.log.warn("provider.config_refused", {{"provider_name", name}, {"error", changed.error().message}});
    return changed;
  }
  auto kept = order.keep(json);
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

}  // namespace herald::providers
