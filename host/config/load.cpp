#include "config/load.h"

#include <chrono>
#include <utility>

#include "config/given.h"
#include "config/wording.h"

namespace herald::config {
namespace {

class Loader {
 public:
  explicit Loader(const Sources& sources) : sources_(sources) {}

  base::Result<Settings> load() {
    settings_.providers.plugin_dir = sources_.plugin_dir;
    const Yield environment = read_environment(sources_.environment);
    const Yield flags = read_flags(sources_.flags);
    // In ascending order of rank: what comes later overwrites.
    read_file(config_path(environment, flags));
    take(environment);
    take(flags);
    check_percentages();
    check_signatures();
    if (!faults_.empty()) return base::fail(base::ErrorCode::kInvalid, all_faults());
    check_backoff();
    list_origins();
    return std::move(settings_);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // provider (empty for none), name

  struct Taken {
    Value value;
    Origin origin;
  };

  static std::string config_path(const Yield& environment, const Yield& flags) {
    std::string path;
    for (const Yield* yield : {&environment, &flags}) {
      for (const auto& given : yield->given) {
        if (given.provider.empty() && given.setting->name == "config") path = given.written.text;
      }
    }
    return path;
  }

  void read_file(const std::string& path) {
    if (path.empty()) return;
    const auto text = sources_.read_file(path);
    if (text) {
      take(read_toml(*text, path));
    } else {
      faults_.push_back(text.error().message);
    }
  }

  void take(const Yield& yield) {
    faults_.insert(faults_.end(), yield.faults.begin(), yield.faults.end());
    settings_.warnings.insert(settings_.warnings.end(), yield.warnings.begin(), yield.warnings.end());
    for (const auto& given : yield.given) {
      const auto value = check(given, sources_);
      if (!value) {
        faults_.push_back(value.error().message);
        continue;
      }
      given.setting->assign(settings_, given.provider, *value);
      taken_[Key{given.provider, given.setting->name}] = {
          *value, {full_name(*given.setting, given.provider), value_text(*given.setting, *value), given.source}};
    }
  }

  void check_percentages() {
    check_sum({});
    for (const auto& entry : settings_.providers.provider_faults)
      check_sum(entry.first);
  }

  // What is in force for one provider, or for all (an empty name): together at most 100.
  void check_sum(const std::string& provider) {
    std::uint64_t sum = 0;
    std::string terms;
    for (const char* field : {"timeout_pct", "error_pct", "ratelimit_pct"}) {
      const auto value = in_force(provider, field);
      sum += value.first;
      terms += (terms.empty() ? "" : " + ") + std::string(field) + " " + std::to_string(value.first) + " (" +
               value.second + ")";
    }
    if (sum <= 100) return;
    faults_.push_back((provider.empty() ? "provider_*_pct" : "provider." + provider) + ": found " + terms + " = " +
                      std::to_string(sum) + ", expected 100 at most together" +
                      (provider.empty() ? "" : "; what it does not set itself it takes from provider_*_pct"));
  }

  // A percentage and its source: the provider's own, else that of all, else the default.
  std::pair<std::uint64_t, std::string> in_force(const std::string& provider, const std::string& field) const {
    for (const Key& key : {Key{provider, field}, Key{std::string(), "provider_" + field}}) {
      const auto found = taken_.find(key);
      if (found != taken_.end()) return {std::get<std::uint64_t>(found->second.value), found->second.origin.source};
    }
    return {0, "default"};
  }

  // A webhook's id is remembered as a key is: for as long as a recording of it would pass as fresh.
  void check_signatures() {
    constexpr std::chrono::seconds kLeast = std::chrono::minutes{10};
    if (settings_.access.webhook_secrets_file.empty() || settings_.intake.idempotency_ttl >= kLeast) return;
    faults_.push_back("idempotency_ttl_secs: found " + std::to_string(settings_.intake.idempotency_ttl.count()) +
                      ", expected at least " + std::to_string(kLeast.count()) +
                      " where webhook_secrets_file is set: for so long a recorded webhook could be played again");
  }

  void check_backoff() {
    const auto& retry = settings_.delivery.retry;
    if (retry.backoff_base <= retry.backoff_max) return;
    settings_.warnings.push_back("worker_backoff_base_ms (" + std::to_string(retry.backoff_base.count()) +
                                 ") is above worker_backoff_max_ms (" + std::to_string(retry.backoff_max.count()) +
                                 "): every retry waits the latter");
  }

  void list_origins() {
    for (const auto& setting : all_settings()) {
      const auto found = taken_.find(Key{std::string(), setting.name});
      if (found != taken_.end()) {
        settings_.origins.push_back(found->second.origin);
      } else {
        const bool own_plugins = setting.name == "plugin_dir" && !sources_.plugin_dir.empty();
        settings_.origins.push_back(
            {setting.name, own_plugins ? sources_.plugin_dir : default_text(setting), "default"});
      }
    }
    for (const auto& entry : taken_) {
      if (!entry.first.first.empty()) settings_.origins.push_back(entry.second.origin);
    }
  }

  std::string all_faults() const {
    std::string text = faults_.size() == 1 ? "the settings have a fault:"
                                           : "the settings have " + std::to_string(faults_.size()) + " faults:";
    for (const auto& fault : faults_)
      text += "\n  " + fault;
    return text;
  }

  const Sources& sources_;
  Settings settings_;
  std::map<Key, Taken> taken_;
  std::vector<std::string> faults_;
};

}  // namespace

base::Result<Settings> load(const Sources& sources) {
  return Loader(sources).load();
}

}  // namespace herald::config
