#include "settings.h"

#include <cstdint>
#include <fstream>
#include <memory>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include "header.h"
#include "mailbox.h"

namespace smtp {

namespace {

using herald::Status;
using nlohmann::json;

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : found->get<std::string>();
}

template <typename Duration>
void take_duration(const json& object, const char* name, Duration& duration) {
  const auto found = object.find(name);
  if (found != object.end()) duration = Duration(found->get<std::int64_t>());
}

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

// smtp(s)://host[:port] and nothing else; credentials have members of their own, where they are hidden.
Status read_url(const json& object, Settings& settings, bool& implicit_tls) {
  const std::unique_ptr<CURLU, UrlFree> url(curl_url());
  const std::string given = text(object, "url");
  const auto wrong = [](const std::string& what) {
    return Status::invalid("url " + what + "; give smtp://host:port or smtps://host:port");
  };
  if (!fits_header(given) || given.find(' ') != std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, given.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return wrong("is no URL");
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") return wrong("has a scheme other than smtp and smtps");
  implicit_tls = scheme == "smtps";
  if (part(url.get(), CURLUPART_HOST).empty()) return wrong("names no host");
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    return Status::invalid("url holds credentials, where everybody sees them; give them as username and password");
  const std::string path = part(url.get(), CURLUPART_PATH);
  if ((!path.empty() && path != "/") || !part(url.get(), CURLUPART_QUERY).empty() ||
      !part(url.get(), CURLUPART_FRAGMENT).empty())
    return wrong("has more than a host and a port");
  const std::string helo = text(object, "helo");
  const bool is_literal = !helo.empty() && mailbox_fault("a@" + helo) == MailboxFault::kNone;
  if (!helo.empty() && !is_literal)
    return Status::invalid("helo is no host name; give this machine's public name, or its address in brackets");
  if (curl_url_set(url.get(), CURLUPART_PATH, ("/" + helo).c_str(), CURLU_URLENCODE) != CURLUE_OK)
    return Status::invalid("helo cannot be written into a URL; give this machine's public name");
  settings.url = part(url.get(), CURLUPART_URL);
  return Status::ok();
}

Status read_security(const json& object, Settings& settings, bool implicit_tls) {
  const std::string starttls = text(object, "starttls");
  if (implicit_tls && !starttls.empty() && starttls != "never")
    return Status::invalid("starttls is for smtp://, but url is smtps://, which encrypts from the start; leave it out");
  if (starttls == "never") settings.starttls = StartTls::kNever;
  if (starttls == "opportunistic") settings.starttls = StartTls::kOpportunistic;
  if (implicit_tls) settings.starttls = StartTls::kNever;
  settings.tls_verify = object.value("tls_verify", true);
  settings.ca_file = text(object, "ca_file");
  if (!settings.ca_file.empty() && (settings.ca_file.front() != '/' || !std::ifstream(settings.ca_file)))
    return Status::invalid("ca_file cannot be read; give the absolute path of a PEM file that this user may read");

  settings.username = text(object, "username");
  settings.password = text(object, "password");
  if (settings.username.empty() != (object.find("password") == object.end()))
    return Status::invalid("username and password are given without each other; give both, or neither");
  const std::string auth = text(object, "auth");
  if (auth == "plain") settings.login_options = "AUTH=PLAIN";
  if (auth == "login") settings.login_options = "AUTH=LOGIN";
  const bool is_encrypted = implicit_tls || settings.starttls == StartTls::kRequired;
  if (!settings.username.empty() && !is_encrypted && !object.value("plaintext_auth", false))
    return Status::invalid(
        "the password could be sent without encryption; set starttls to required, or plaintext_auth to true");
  return Status::ok();
}

Status read_addresses(const json& object, Settings& settings) {
  settings.from = text(object, "from");
  settings.from_name = text(object, "from_name");
  settings.envelope_sender = text(object, "envelope_sender");
  settings.message_id_domain = text(object, "message_id_domain");
  if (!settings.from.empty() && mailbox_fault(settings.from) != MailboxFault::kNone)
    return Status::invalid("from is no ASCII mail address; give one such as name@example.com");
  if (!settings.envelope_sender.empty() && mailbox_fault(settings.envelope_sender) != MailboxFault::kNone)
    return Status::invalid("envelope_sender is no ASCII mail address; give one such as bounces@example.com");
  if (!settings.message_id_domain.empty() && !is_host_name(settings.message_id_domain))
    return Status::invalid("message_id_domain is no host name; give one such as mail.example.com");
  if (!fits_header(settings.from_name))
    return Status::invalid("from_name holds control characters; give it without line breaks");
  return Status::ok();
}

void read_rest(const json& object, Settings& settings) {
  const std::string format = text(object, "body_format");
  if (format == "text") settings.body_format = BodyFormat::kText;
  if (format == "html") settings.body_format = BodyFormat::kHtml;
  settings.connections = object.value("connections", settings.connections);
  take_duration(object, "connect_timeout_ms", settings.connect_timeout);
  take_duration(object, "timeout_ms", settings.timeout);
  take_duration(object, "idle_seconds", settings.idle);
  take_duration(object, "greylist_retry_seconds", settings.greylist_retry);
}

}  // namespace

Status read_settings(std::string_view text_of_json, Settings& settings) try {
  const json object = json::parse(text_of_json);
  Settings read;
  bool implicit_tls = false;
  if (auto status = read_url(object, read, implicit_tls); !status.is_ok()) return status;
  if (auto status = read_security(object, read, implicit_tls); !status.is_ok()) return status;
  if (auto status = read_addresses(object, read); !status.is_ok()) return status;
  read_rest(object, read);
  settings = std::move(read);
  return Status::ok();
} catch (const json::exception&) {
  // Its text may quote what it stumbled over, such as the password.
  return Status::invalid("the configuration does not fit the schema; compare the types of its members");
}

}  // namespace smtp
