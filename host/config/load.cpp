#include "config/load.h"

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
    if (!faults_.empty()) return base::fail(base::ErrorCode::kInvalid, all_faults());
    check_backoff();
    list_origins();
    return std::move(settings_);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // provider (empty for none), name

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
      taken_[Key{given.provider, given.setting->name}] = {full_name(*given.setting, given.provider),
                                                          value_text(*given.setting, *value), given.source};
    }
  }

  void check_percentages() {
    const providers::FaultProfile& all = settings_.providers.faults;
    check_sum("provider_*_pct", all);
    for (const auto& entry : settings_.providers.provider_faults) {
      providers::FaultProfile effective = entry.second;
      if (!effective.timeout_pct) effective.timeout_pct = all.timeout_pct;
      if (!effective.error_pct) effective.error_pct = all.error_pct;
      if (!effective.ratelimit_pct) effective.ratelimit_pct = all.ratelimit_pct;
      check_sum("provider." + entry.first, effective);
    }
  }

  void check_sum(const std::string& name, const providers::FaultProfile& profile) {
    const std::uint32_t timeout = profile.timeout_pct.value_or(0);
    const std::uint32_t error = profile.error_pct.value_or(0);
    const std::uint32_t ratelimit = profile.ratelimit_pct.value_or(0);
    if (timeout + error + ratelimit <= 100) return;
    faults_.push_back(name + ": found timeout_pct " + std::to_string(timeout) + " + error_pct " +
                      std::to_string(error) + " + ratelimit_pct " + std::to_string(ratelimit) + " = " +
                      std::to_string(timeout + error + ratelimit) + ", expected 100 at most together" +
                      "; what a provider does not set itself it takes from provider_*_pct");
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
        settings_.origins.push_back(found->second);
      } else {
        const bool own_plugins = setting.name == "plugin_dir" && !sources_.plugin_dir.empty();
        settings_.origins.push_back(
            {setting.name, own_plugins ? sources_.plugin_dir : default_text(setting), "default"});
      }
    }
    for (const auto& entry : taken_) {
      if (!entry.first.first.empty()) settings_.origins.push_back(entry.second);
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
  std::map<Key, Origin> taken_;
  std::vector<std::string> faults_;
};

}  // namespace

base::Result<Settings> load(const Sources& sources) {
  return Loader(sources).load();
}

}  // namespace herald::config
