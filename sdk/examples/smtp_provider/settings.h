// What an operator sets, read from the provider's configuration.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <herald/status.h>

namespace smtp {

/// The most `connections` that may be set, and the provider's width.
constexpr unsigned kMostConnections = 16;

enum class StartTls { kNever, kOpportunistic, kRequired };
enum class BodyFormat { kAuto, kText, kHtml };

/// A plain value; the defaults are those of an absent member.
struct Settings {
  std::string url;  // as libcurl takes it: with the EHLO name as its path
  std::string username;
  std::string password;
  std::string login_options;  // CURLOPT_LOGIN_OPTIONS, empty for any mechanism
  StartTls starttls = StartTls::kRequired;
  bool tls_verify = true;
  std::string ca_file;
  std::string from;
  std::string from_name;
  std::string envelope_sender;
  std::string message_id_domain;
  BodyFormat body_format = BodyFormat::kAuto;
  unsigned connections = 8;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};
  std::chrono::seconds idle{60};
  std::chrono::seconds greylist_retry{60};
};

/// Reads a configuration that fits kSchema (schema.h). Invalid, with the cure, for what the schema cannot see: an URL
/// that is none, addresses that are none, a password that would be sent in the clear, a CA file that cannot be read.
/// Never repeats the password. Threading: pure, but for a look at the CA file.
herald::Status read_settings(std::string_view json, Settings& settings);

}  // namespace smtp
