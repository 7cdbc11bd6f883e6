#include "api/providers_api.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/fault_settings_json.h"
#include "api/media_type.h"
#include "api/provider_json.h"
#include "api/provider_view.h"

namespace herald::api {
namespace {

using base::ErrorCode;

// What a plugin says of its answer is not to be relied on: a status that ends nothing or does not exist, or a line
// break in a field, is no answer.
bool is_answer(const domain::WebhookResponse& response) {
  const auto& type = response.content_type;
  return response.status >= 200 && response.status <= 599 && std::all_of(type.begin(), type.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f';
         });
}

// A key that opened the host's own door is no plugin's business; what a carrier shows to the plugin is.
domain::WebhookRequest webhook_request(std::string_view tail, const http::Request& request, bool keyed) {
  domain::WebhookRequest made;
  made.method = request.method_text;
  made.path = tail;
  made.query = request.query;
  made.headers.reserve(request.headers.size());
  for (const auto& field : request.headers) {
    if (keyed && equal_without_case(field.name, "Authorization")) continue;
    made.headers.emplace_back(field.name, field.value);
  }
  made.body = request.body;
  made.remote_address = request.remote_address;
  made.request_id = request.request_id;
  return made;
}

// The places that the schema found, as faults of a request.
http::Response refused_config(const base::Error& error, const std::vector<domain::DocumentFault>& places,
                              std::string_view request_id) {
  std::vector<intake::Fault> errors;
  errors.reserve(places.size());
  for (const auto& place : places)
    errors.push_back({place.pointer, place.message});
  if (errors.empty()) errors.push_back({"", error.message});
  const std::string detail = places.empty() ? error.message : std::string();
  return problem(Problem::kValidationFailed, {request_id, detail, &errors});
}

// What the providers' room found wrong with a document, in its words for clients.
http::Response refused_document(const base::Error& error, std::string_view request_id) {
  const std::vector<intake::Fault> errors{{"", error.message}};
  return problem(Problem::kValidationFailed, {request_id, error.message, &errors});
}

}  // namespace

http::Response ProvidersApi::list(const http::Request& request) const {
  const auto views = provider_views({from_.providers, from_.breakers, from_.reader, from_.metrics});
  if (!views) return of_read_failure(views.error(), request.request_id, from_.log);
  return json(200, providers_json(*views));
}

http::Response ProvidersApi::one(std::string_view name, std::string_view request_id) const {
  const auto views = provider_views({from_.providers, from_.breakers, from_.reader, from_.metrics});
  if (!views) return of_read_failure(views.error(), request_id, from_.log);
  const auto* found = named(*views, name);
  if (found == nullptr) return problem(Problem::kProviderNotFound, {request_id});
  return json(200, provider_json(*found));
}

void ProvidersApi::set_enabled(const std::string& name, bool enabled, const http::Request& request,
                               http::Responder responder) const {
  from_.providers.set_enabled(name, enabled,
                              [this, name, enabled, answer = answer_through(std::move(responder)),
                               request_id = std::string(request.request_id)](const base::Status& done) {
                                if (done) tell_change(enabled ? "enabled" : "disabled", name, request_id);
                                answer(done ? fresh(one(name, request_id)) : failure(done.error(), name, request_id));
                              });
}

http::Response ProvidersApi::config(std::string_view name, std::string_view request_id) const {
  auto config = from_.providers.config(name);
  return config ? json(200, *std::move(config)) : failure(config.error(), name, request_id);
}

void ProvidersApi::configure(const std::string& name, const http::Request& request, http::Responder responder) const {
  UnreadFields strict;
  if (const auto read = read_document(request.body, strict); !read)
    return std::move(responder).respond(of_malformed(read.error(), request.request_id));
  if (!strict.faults().empty())
    return std::move(responder).respond(of_faults(Problem::kValidationFailed, strict.faults(), request.request_id));
  from_.providers.configure(
      name, std::string(request.body),
      [this, name, answer = answer_through(std::move(responder)), request_id = std::string(request.request_id)](
          const base::Status& done, const std::vector<domain::DocumentFault>& faults) {
        if (!done && done.error().code == ErrorCode::kInvalid)
          return answer(refused_config(done.error(), faults, request_id));
        if (done) tell_change("configured", name, request_id);
        answer(done ? fresh(config(name, request_id)) : failure(done.error(), name, request_id));
      });
}

void ProvidersApi::reset_config(const std::string& name, const http::Request& request,
                                http::Responder responder) const {
  from_.providers.reset_config(
      name, [this, name, answer = answer_through(std::move(responder)), request_id = std::string(request.request_id)](
                const base::Status& done, const std::vector<domain::DocumentFault>&) {
        if (!done && done.error().code == ErrorCode::kConflict)
          return answer(problem(Problem::kSettingsUnfit, {request_id, done.error().message}));
        if (done) tell_change("configuration reset", name, request_id);
        answer(done ? fresh(config(name, request_id)) : failure(done.error(), name, request_id));
      });
}

http::Response ProvidersApi::faults() const {
  return json(200, fault_settings_json(from_.providers.faults()));
}

void ProvidersApi::set_faults(const http::Request& request, http::Responder responder) const {
  auto document = decode_fault_settings(request.body);
  if (!document) return std::move(responder).respond(of_malformed(document.error(), request.request_id));
  if (!document->faults.empty())
    return std::move(responder).respond(of_faults(Problem::kValidationFailed, document->faults, request.request_id));
  from_.providers.set_faults(std::move(document->settings),
                             [this, answer = answer_through(std::move(responder)),
                              request_id = std::string(request.request_id)](const base::Status& done) {
                               if (done) tell_change("faults set", "", request_id);
                               answer(done ? fresh(faults()) : failure(done.error(), "", request_id));
                             });
}

void ProvidersApi::webhook(const std::string& name, std::string_view tail, const http::Request& request,
                           http::Responder responder) const {
  from_.providers.webhook(
      name, webhook_request(tail, request, from_.access.needs_webhook_keys()),
      [this, name, answer = answer_through(std::move(responder)),
       request_id = std::string(request.request_id)](base::Result<domain::WebhookResponse> said) {
        if (said && !is_answer(*said)) {
          from_.log.error("api.webhook_unsound",
                          {{"provider_name", name}, {"request_id", request_id}, {"status", said->status}});
          said = base::fail(ErrorCode::kInternal, "the webhook's answer has status " + std::to_string(said->status) +
                                                      " or a control character in its content type; expected a status "
                                                      "from 200 to 599 and none");
        }
        if (!said) return answer(webhook_failure(said.error(), name, request_id));
        http::Response response;
        response.status = said->status;
        response.content_type = std::move(said->content_type);
        response.body = std::move(said->body);
        answer(std::move(response));
      });
}

// The providers' room says what changed; this line says by whose request.
void ProvidersApi::tell_change(const char* change, std::string_view provider, std::string_view request_id) const {
  from_.log.info("api.provider_changed", {{"change", change}, {"provider_name", provider}, {"request_id", request_id}});
}

http::Response ProvidersApi::failure(const base::Error& error, std::string_view provider,
                                     std::string_view request_id) const {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return problem(Problem::kProviderNotFound, {request_id});
    case ErrorCode::kConflict:
      return problem(Problem::kProviderRefused, {request_id});
    case ErrorCode::kInvalid:
      return refused_document(error, request_id);
    default:
      break;
  }
  from_.log.error("api.provider_failed",
                  {{"provider_name", provider}, {"request_id", request_id}, {"error", error.message}});
  const bool passing = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kExhausted;
  return problem(passing ? Problem::kProviderUnavailable : Problem::kInternalError, {request_id});
}

http::Response ProvidersApi::webhook_failure(const base::Error& error, std::string_view provider,
                                             std::string_view request_id) const {
  if (error.code == ErrorCode::kNotFound) return problem(Problem::kWebhookNotFound, {request_id});
  if (error.code == ErrorCode::kInvalid) return refused_document(error, request_id);
  // The providers' room has logged its own failures; this line ties them to the answer.
  from_.log.debug("api.webhook_failed",
                  {{"provider_name", provider}, {"request_id", request_id}, {"error", error.message}});
  const bool passing = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kExhausted;
  return problem(passing ? Problem::kProviderUnavailable : Problem::kWebhookFailed, {request_id});
}

}  // namespace herald::api
