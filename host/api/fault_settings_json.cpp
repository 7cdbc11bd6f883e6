#include "api/fault_settings_json.h"

#include <array>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace herald::api {
namespace {

using domain::FaultProfile;
using Json = nlohmann::ordered_json;

constexpr std::uint32_t kWhole = 100;

struct Percentage {
  std::string_view name;
  std::optional<std::uint32_t> FaultProfile::*member;
};
constexpr std::array kPercentages{Percentage{"timeout_pct", &FaultProfile::timeout_pct},
                                  Percentage{"error_pct", &FaultProfile::error_pct},
                                  Percentage{"ratelimit_pct", &FaultProfile::ratelimit_pct}};
constexpr std::string_view kSeed = "seed";
constexpr std::string_view kProviders = "providers";

const Percentage* percentage_named(std::string_view name) {
  for (const auto& percentage : kPercentages) {
    if (percentage.name == name) return &percentage;
  }
  return nullptr;
}

// Reads what a profile and the whole document have alike; false when the member is none of it.
bool read_member(std::string_view name, const Json& value, const std::string& pointer, FaultProfile& profile,
                 intake::Faults& faults) {
  const auto* percentage = percentage_named(name);
  if (percentage == nullptr && name != kSeed) return false;
  if (value.is_null()) return true;
  if (percentage == nullptr) {
    if (value.is_number_unsigned())
      profile.seed = value.get<std::uint64_t>();
    else
      faults.add(pointer, "must be a whole number from 0 to 18446744073709551615");
  } else if (value.is_number_unsigned() && value.get<std::uint64_t>() <= kWhole) {
    profile.*percentage->member = value.get<std::uint32_t>();
  } else {
    faults.add(pointer, "must be a whole number from 0 to 100");
  }
  return true;
}

void read_providers(const Json& value, FaultDocument& document) {
  const auto pointer = pointer_to(kProviders);
  if (value.is_null()) return;
  if (!value.is_object()) return document.faults.add(pointer, "must be an object with a member for each provider");
  for (const auto& provider : value.items()) {
    const auto place = pointer + pointer_to(provider.key());
    auto& profile = document.settings.providers[provider.key()];
    if (!provider.value().is_object()) {
      document.faults.add(place, "must be an object");
      continue;
    }
    for (const auto& member : provider.value().items()) {
      const auto own = place + pointer_to(member.key());
      if (!read_member(member.key(), member.value(), own, profile, document.faults))
        document.faults.add(own, "is not known here; known are timeout_pct, error_pct, ratelimit_pct, seed");
    }
  }
}

void require_percentages(FaultDocument& document) {
  std::uint32_t sum = 0;
  for (const auto& percentage : kPercentages) {
    const auto& value = document.settings.global.*percentage.member;
    auto pointer = pointer_to(percentage.name);
    if (!value && !document.faults.at(pointer)) document.faults.add(std::move(pointer), "is required");
    sum += value.value_or(0);
  }
  if (sum > kWhole) document.faults.add("", "must have percentages that together are at most 100");
}

void add_profile(Json& out, const FaultProfile& profile) {
  for (const auto& percentage : kPercentages) {
    if (const auto& value = profile.*percentage.member) out[std::string(percentage.name)] = *value;
  }
  if (profile.seed) out[std::string(kSeed)] = *profile.seed;
}

}  // namespace

tl::expected<FaultDocument, Malformed> decode_fault_settings(std::string_view body) {
  UnreadFields strict;
  if (auto read = read_document(body, strict); !read) return tl::make_unexpected(std::move(read.error()));
  FaultDocument document;
  document.faults = strict.faults();
  if (!document.faults.empty()) return document;
  const auto json = Json::parse(body);  // read_document has found it sound
  for (const auto& member : json.items()) {
    const auto pointer = pointer_to(member.key());
    if (member.key() == kProviders)
      read_providers(member.value(), document);
    else if (!read_member(member.key(), member.value(), pointer, document.settings.global, document.faults))
      document.faults.add(pointer,
                          "is not known here; known are timeout_pct, error_pct, ratelimit_pct, seed, providers");
  }
  require_percentages(document);
  return document;
}

std::string fault_settings_json(const domain::FaultSettings& settings) {
  auto out = Json::object();
  for (const auto& percentage : kPercentages)
    out[std::string(percentage.name)] = 0;
  add_profile(out, settings.global);
  for (const auto& provider : settings.providers) {
    auto own = Json::object();
    add_profile(own, provider.second);
    out[std::string(kProviders)][provider.first] = std::move(own);
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace herald::api
