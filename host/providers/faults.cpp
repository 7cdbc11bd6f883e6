#include "providers/faults.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace herald::providers {
namespace {

using Percentage = std::optional<std::uint32_t> FaultProfile::*;

struct Field {
  Percentage member;
  std::string_view setting;  // the end of its name
};

constexpr std::array kPercentages{Field{&FaultProfile::timeout_pct, "TIMEOUT_PCT"},
                                  Field{&FaultProfile::error_pct, "ERROR_PCT"},
                                  Field{&FaultProfile::ratelimit_pct, "RATELIMIT_PCT"}};

// API_PROVIDER_SMS_MMS_ERROR_PCT when the provider has a value of its own, API_PROVIDER_ERROR_PCT when it has not.
std::string setting_name(std::string_view provider, const Field& field, bool own) {
  std::string name = "API_PROVIDER_";
  if (own) {
    for (const char c : provider) {
      name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    name += '_';
  }
  return name + std::string(field.setting);
}

}  // namespace

base::Result<FaultProfile> effective_faults(const Options& options, std::string_view provider) {
  FaultProfile own;
  if (const auto found = options.provider_faults.find(std::string(provider)); found != options.provider_faults.end()) {
    own = found->second;
  }
  FaultProfile out;
  out.seed = own.seed ? own.seed : options.faults.seed;
  std::uint64_t sum = 0;
  std::string parts;
  for (const Field& field : kPercentages) {
    const auto& mine = own.*field.member;
    const std::uint32_t value = mine ? *mine : (options.faults.*field.member).value_or(0);
    out.*field.member = value;
    sum += value;
    if (value > 0) {
      parts +=
          (parts.empty() ? "" : ", ") + setting_name(provider, field, mine.has_value()) + "=" + std::to_string(value);
    }
  }
  if (sum <= 100) return out;
  return base::fail(base::ErrorCode::kInvalid, "its fault percentages (" + parts + ") come to " + std::to_string(sum) +
                                                   ", expected at most 100 together; lower one of them");
}

}  // namespace herald::providers
