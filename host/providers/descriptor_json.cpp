#include "providers/descriptor_json.h"

#include <nlohmann/json.hpp>

#include "providers/config_schema.h"
#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxReasonBytes = 2000;
constexpr std::size_t kMembers = 11;

json to_json(const Descriptor& descriptor) {
  json channels = json::array();
  for (const auto channel : descriptor.channels)
    channels.push_back(domain::to_string(channel));
  return {{"name", descriptor.name},
          {"version", descriptor.version},
          {"sdk_version", descriptor.sdk_version},
          {"description", descriptor.description},
          {"config_schema", descriptor.config_schema},
          {"abi_major", descriptor.abi_major},
          {"abi_minor", descriptor.abi_minor},
          {"channels", channels},
          {"thread_model", static_cast<unsigned>(descriptor.thread_model)},
          {"max_batch", descriptor.max_batch},
          {"max_in_flight", descriptor.max_in_flight}};
}

// Strict readers: nlohmann's own conversions would take a boolean for a number, and wrap one that does not fit.
std::string text_at(const json& object, const char* key) {
  return object.at(key).get_ref<const std::string&>();
}

std::uint32_t number_at(const json& object, const char* key) {
  const json& value = object.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX) throw std::out_of_range(key);
  return value.get<std::uint32_t>();
}

Descriptor from_json(const json& object) {
  if (object.size() != kMembers) throw std::out_of_range("members");
  Descriptor out;
  out.name = text_at(object, "name");
  out.version = text_at(object, "version");
  out.sdk_version = text_at(object, "sdk_version");
  out.description = text_at(object, "description");
  out.config_schema = text_at(object, "config_schema");
  out.abi_major = number_at(object, "abi_major");
  out.abi_minor = number_at(object, "abi_minor");
  for (const json& text : object.at("channels").get_ref<const json::array_t&>()) {
    const auto channel = domain::parse_channel(text.get_ref<const std::string&>());
    if (!channel) throw std::out_of_range("channels");
    out.channels.push_back(*channel);
  }
  const auto model = number_at(object, "thread_model");
  if (model > UINT8_MAX) throw std::out_of_range("thread_model");
  out.thread_model = static_cast<ThreadModel>(model);
  out.max_batch = number_at(object, "max_batch");
  out.max_in_flight = number_at(object, "max_in_flight");
  return out;
}

tl::unexpected<base::Error> rubbish() {
  return base::fail(
      base::ErrorCode::kInvalid,
      "the process that tried it gave no readable answer; the library damages the process it is loaded by");
}

}  // namespace

std::string probe_answer(const base::Result<Descriptor>& outcome) {
  const bool passing = !outcome && outcome.error().code == base::ErrorCode::kExhausted;
  const json answer = outcome ? json{{"descriptor", to_json(*outcome)}}
                              : json{{passing ? "passing" : "refused", outcome.error().message}};
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<Descriptor> parse_probe_answer(std::string_view text) {
  Descriptor descriptor;
  try {
    const json answer = json::parse(text);
    if (!answer.is_object() || answer.size() != 1) return rubbish();
    if (const auto refused = answer.find("refused"); refused != answer.end()) {
      return base::fail(base::ErrorCode::kInvalid, one_line(refused->get_ref<const std::string&>(), kMaxReasonBytes));
    }
    if (const auto passing = answer.find("passing"); passing != answer.end()) {
      return base::fail(base::ErrorCode::kUnavailable,
                        one_line(passing->get_ref<const std::string&>(), kMaxReasonBytes));
    }
    descriptor = from_json(answer.at("descriptor"));
  } catch (const std::exception&) {
    return rubbish();  // what exactly is wrong with it helps nobody: the process was damaged
  }
  if (auto sound = check(descriptor); !sound) return tl::make_unexpected(sound.error());
  if (auto usable = check_schema(descriptor.config_schema); !usable) return tl::make_unexpected(usable.error());
  return descriptor;
}

}  // namespace herald::providers
