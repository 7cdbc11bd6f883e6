#include "providers/descriptor.h"

#include <algorithm>

#include <herald/abi.h>

#include "providers/config_schema.h"
#include "providers/plain_text.h"
#include "providers/version.h"

namespace herald::providers {
namespace {

constexpr std::size_t kMaxNameBytes = 32;
constexpr std::size_t kMaxVersionBytes = 128;
constexpr std::size_t kMaxDescriptionBytes = 1024;

tl::unexpected<base::Error> wrong(std::string_view field, std::string_view found, std::string_view expected) {
  return base::fail(base::ErrorCode::kInvalid, "its " + std::string(field) + " is " + std::string(found) +
                                                   ", expected " + std::string(expected) + "; correct the descriptor");
}

std::string quoted(std::string_view text) {
  return "\"" + one_line(text, 64) + "\"";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

base::Status check_limits(const Descriptor& descriptor) {
  const bool blocking = descriptor.thread_model == ThreadModel::kBlocking;
  const std::uint32_t most_in_batch = blocking ? 1 : 1024;
  const std::uint32_t most_in_flight = blocking ? 1024 : 65536;
  if (descriptor.max_batch < 1 || descriptor.max_batch > most_in_batch) {
    return wrong("max_batch", std::to_string(descriptor.max_batch),
                 blocking ? "1, as it is blocking" : "1 to " + std::to_string(most_in_batch));
  }
  if (descriptor.max_in_flight < 1 || descriptor.max_in_flight > most_in_flight) {
    return wrong("max_in_flight", std::to_string(descriptor.max_in_flight), "1 to " + std::to_string(most_in_flight));
  }
  return {};
}

}  // namespace

base::Status check(const Descriptor& descriptor) {
  if (!is_name(descriptor.name)) return wrong("name", quoted(descriptor.name), "[a-z][a-z0-9-]{0,31}");
  if (!is_semver(descriptor.version)) {
    return wrong("version", quoted(descriptor.version), "a semantic version such as 1.0.0");
  }
  if (descriptor.sdk_version.size() > kMaxVersionBytes || !is_utf8(descriptor.sdk_version)) {
    return wrong("sdk_version", quoted(descriptor.sdk_version), "HERALD_SDK_VERSION");
  }
  if (descriptor.description.size() > kMaxDescriptionBytes || !is_utf8(descriptor.description)) {
    return wrong("description", quoted(descriptor.description),
                 "UTF-8 of at most " + std::to_string(kMaxDescriptionBytes) + " bytes");
  }
  if (descriptor.channels.empty()) {
    return wrong("channels", "without one that this host knows", "at least one of sms, mms, email");
  }
  if (descriptor.thread_model != ThreadModel::kAsync && descriptor.thread_model != ThreadModel::kBlocking) {
    return wrong("thread_model", std::to_string(static_cast<unsigned>(descriptor.thread_model)),
                 "HERALD_THREADS_ASYNC (1) or HERALD_THREADS_BLOCKING (2)");
  }
  return check_limits(descriptor);
}

domain::ProviderInfo info_of(const Descriptor& descriptor, std::string file_name) {
  domain::ProviderInfo info;
  info.name = descriptor.name;
  info.version = descriptor.version;
  info.channels = descriptor.channels;
  info.file_name = std::move(file_name);
  info.sdk_version = descriptor.sdk_version;
  info.abi_version = std::to_string(descriptor.abi_major) + "." + std::to_string(descriptor.abi_minor);
  info.state = domain::ProviderState::kStandby;
  return info;
}

}  // namespace herald::providers
