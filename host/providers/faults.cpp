#include "providers/faults.h"

#include <algorithm>
#include <array>

#include "providers/plain_text.h"
#include "providers/setting_of.h"

namespace herald::providers {
namespace {

using Percentage = std::optional<std::uint32_t> FaultProfile::*;

struct Field {
  Percentage member;
  std::string_view setting;  // the end of its name
  std::string_view pointer;  // where a client writes it
};

constexpr std::array kPercentages{Field{&FaultProfile::timeout_pct, "TIMEOUT_PCT", "/timeout_pct"},
                                  Field{&FaultProfile::error_pct, "ERROR_PCT", "/error_pct"},
                                  Field{&FaultProfile::ratelimit_pct, "RATELIMIT_PCT", "/ratelimit_pct"}};

// API_PROVIDER_SMS_MMS_ERROR_PCT when the provider has a value of its own, API_PROVIDER_ERROR_PCT when it has not.
std::string setting_name(std::string_view provider, const Field& field, bool own) {
  return own ? setting_of(provider, field.setting) : "API_PROVIDER_" + std::string(field.setting);
}

// /providers/sms-mms/error_pct, or /error_pct.
std::string pointer_name(std::string_view provider, const Field& field, bool own) {
  return (own ? "/providers/" + std::string(provider) : std::string()) + std::string(field.pointer);
}

// A profile, and where each of its percentages comes from as far as they are above 0.
struct Effective {
  FaultProfile profile;
  std::uint64_t sum = 0;
  std::string parts;
};

Effective merged(const FaultProfile& global, const FaultProfile& own, std::string_view provider,
                 std::string (*name_of)(std::string_view, const Field&, bool)) {
  Effective out;
  out.profile.seed = own.seed ? own.seed : global.seed;
  for (const Field& field : kPercentages) {
    const auto& mine = own.*field.member;
    const std::uint32_t value = mine ? *mine : (global.*field.member).value_or(0);
    out.profile.*field.member = value;
    out.sum += value;
    if (value == 0) continue;
    out.parts +=
        (out.parts.empty() ? "" : ", ") + name_of(provider, field, mine.has_value()) + "=" + std::to_string(value);
  }
  return out;
}

FaultProfile own_profile(const std::map<std::string, FaultProfile>& profiles, std::string_view provider) {
  const auto found = profiles.find(std::string(provider));
  return found == profiles.end() ? FaultProfile{} : found->second;
}

base::Status check_client_sum(const Effective& effective, std::string_view whose) {
  if (effective.sum <= 100) return {};
  return base::fail(base::ErrorCode::kInvalid, "the percentages in force for " + std::string(whose) + " (" +
                                                   effective.parts + ") come to " + std::to_string(effective.sum) +
                                                   ", expected at most 100 together");
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

base::Result<FaultProfile> effective_faults(const Options& options, std::string_view provider) {
  auto out = merged(options.faults, own_profile(options.provider_faults, provider), provider, setting_name);
  if (out.sum <= 100) return out.profile;
  return base::fail(base::ErrorCode::kInvalid, "its fault percentages (" + out.parts + ") come to " +
                                                   std::to_string(out.sum) +
                                                   ", expected at most 100 together; lower one of them");
}

domain::FaultSettings fault_settings(const Options& options) {
  domain::FaultSettings out{options.faults, options.provider_faults};
  for (const Field& field : kPercentages)
    out.global.*field.member = (options.faults.*field.member).value_or(0);
  return out;
}

base::Result<FaultProfile> effective_faults(const domain::FaultSettings& settings, std::string_view provider) {
  auto out = merged(settings.global, own_profile(settings.providers, provider), provider, pointer_name);
  if (auto sound = check_client_sum(out, provider); !sound) return tl::make_unexpected(sound.error());
  return out.profile;
}

base::Status check_faults(const domain::FaultSettings& settings, const std::vector<std::string>& injectors) {
  for (const auto& entry : settings.providers) {
    if (std::find(injectors.begin(), injectors.end(), entry.first) != injectors.end()) continue;
    return base::fail(base::ErrorCode::kInvalid,
                      "/providers/" + one_line(entry.first, 64) +
                          ": no provider of this name injects faults; those that do: " + listed(injectors));
  }
  const auto global = merged(settings.global, {}, {}, pointer_name);
  if (auto sound = check_client_sum(global, "all providers"); !sound) return sound;
  for (const auto& name : injectors) {
    if (const auto sound = effective_faults(settings, name); !sound) return tl::make_unexpected(sound.error());
  }
  return {};
}

}  // namespace herald::providers
