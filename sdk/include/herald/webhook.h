// A carrier's request to its provider, and the answer.
#ifndef HERALD_WEBHOOK_H
#define HERALD_WEBHOOK_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <herald/form.h>
#include <herald/message.h>

namespace herald {

/// True when a secret that was sent is the one that was agreed on. Takes as long for a wrong one as for the right one
/// of the same length, so that nobody finds it out byte by byte. Threading: any thread.
inline bool same_secret(std::string_view given, std::string_view wanted) noexcept {
  volatile unsigned char difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t index = 0; index < given.size(); ++index) {
    const char against = wanted.empty() ? '\0' : wanted[index % wanted.size()];
    difference = static_cast<unsigned char>(difference | (given[index] ^ against));
  }
  return difference == 0;
}

/// A read-only view of one request, whatever it is: nothing of it is checked but its framing.
///
/// Ownership: every text that it returns belongs to the host and is valid until `webhook` returns; copy what must live
/// longer. Threading: immutable; any thread. Source: herald_webhook_request in abi_inbound.h.
class WebhookRequest {
 public:
  /// A view of what the host handed over; members that an older host lacks read as empty or zero.
  explicit WebhookRequest(const herald_webhook_request* raw) noexcept
      : raw_(detail::read_sized<herald_webhook_request>(raw)) {}

  /// "GET", "POST", ...; some carriers verify an address with a GET.
  std::string_view method() const noexcept { return detail::view(raw_.method); }

  /// What follows ".../webhook" in the URL: empty, or from a "/" on; percent-encoded as it came.
  std::string_view path() const noexcept { return detail::view(raw_.path); }

  /// What follows the "?", percent-encoded as it came; `query_form` reads it.
  std::string_view query() const noexcept { return detail::view(raw_.query); }

  /// The body: bytes of any kind.
  std::string_view body() const noexcept { return detail::view(raw_.body); }

  /// The value of the first header of that name, whose case does not matter; nothing when there is none.
  std::optional<std::string_view> header(std::string_view name) const noexcept {
    for (std::uint32_t index = 0; index < header_count(); ++index) {
      if (detail::same_without_case(header_at(index).first, name)) return header_at(index).second;
    }
    return std::nullopt;
  }

  /// How many headers there are.
  std::uint32_t header_count() const noexcept { return raw_.headers == nullptr ? 0 : raw_.header_count; }

  /// Name and value of the header at `index`, which counts from 0 in the order in which they came; both empty when
  /// there is none at that index.
  std::pair<std::string_view, std::string_view> header_at(std::uint32_t index) const noexcept {
    if (index >= header_count()) return {};
    return {detail::view(raw_.headers[index].name), detail::view(raw_.headers[index].value)};
  }

  /// True when the body's media type is `type`, such as "application/json"; parameters and case do not matter.
  bool has_content_type(std::string_view type) const noexcept {
    std::string_view found = header("Content-Type").value_or(std::string_view());
    found = found.substr(0, found.find(';'));
    while (!found.empty() && (found.back() == ' ' || found.back() == '\t'))
      found.remove_suffix(1);
    return detail::same_without_case(found, type);
  }

  /// The body as a form; nothing when its media type is another than application/x-www-form-urlencoded, or it is
  /// malformed.
  std::optional<Form> form() const {
    if (!has_content_type("application/x-www-form-urlencoded")) return std::nullopt;
    return Form::parse(body());
  }

  /// The query as a form; nothing when it is malformed.
  std::optional<Form> query_form() const { return Form::parse(query()); }

  /// The address that the request came from; behind a proxy it is the proxy's.
  std::string_view remote_address() const noexcept { return detail::view(raw_.remote_address); }

  /// The host's id of the request; for log lines.
  std::string_view request_id() const noexcept { return detail::view(raw_.request_id); }

  /// Until when an answer reaches the carrier. Compare with `Host::now()`.
  TimePoint deadline() const noexcept { return detail::time_point(raw_.deadline_ns); }

 private:
  herald_webhook_request raw_;
};

/// What the carrier is answered, once what the webhook brought is on disk.
///
/// Made by the functions below. A status is 200-599; another one, or a body with 204, 205 or 304, fails the request
/// (500). Ownership: it owns its
/// texts. Threading: a plain value. Source: herald_webhook_response in abi_inbound.h.
class WebhookResponse {
 public:
  /// No body.
  static WebhookResponse empty(std::uint32_t status = 204) {
    return WebhookResponse(status, std::string(), std::string());
  }

  /// Plain text in UTF-8.
  static WebhookResponse text(std::uint32_t status, std::string body) {
    return WebhookResponse(status, "text/plain; charset=utf-8", std::move(body));
  }

  /// JSON, as text.
  static WebhookResponse json(std::uint32_t status, std::string body) {
    return WebhookResponse(status, "application/json", std::move(body));
  }

  /// A body of any other type.
  static WebhookResponse of(std::uint32_t status, std::string content_type, std::string body) {
    return WebhookResponse(status, std::move(content_type), std::move(body));
  }

  std::uint32_t status() const noexcept { return status_; }
  const std::string& content_type() const noexcept { return content_type_; }
  const std::string& body() const noexcept { return body_; }

  /// The form that crosses the border; valid as long as this response lives unchanged.
  herald_webhook_response raw() const noexcept {
    herald_webhook_response raw;
    std::memset(&raw, 0, sizeof raw);
    raw.struct_size = sizeof raw;
    raw.status = status_;
    raw.content_type = detail::as_str(content_type_);
    raw.body = detail::as_str(body_);
    return raw;
  }

 private:
  WebhookResponse(std::uint32_t status, std::string content_type, std::string body)
      : status_(status), content_type_(std::move(content_type)), body_(std::move(body)) {}

  std::uint32_t status_;
  std::string content_type_;
  std::string body_;
};

}  // namespace herald

#endif  // HERALD_WEBHOOK_H
