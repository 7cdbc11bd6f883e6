// Providers: their state, their configuration, their carriers' webhooks, and fault injection.
#pragma once

#include <string>
#include <string_view>

#include "api/dependencies.h"
#include "http/handler.h"

namespace herald::api {

// Any reactor's thread. Reads are answered there; what changes something on the thread on which the providers' room
// says that it is done.
class ProvidersApi {
 public:
  explicit ProvidersApi(const Dependencies& dependencies) : from_(dependencies) {}

  http::Response list(const http::Request& request) const;
  // `name` is decoded.
  http::Response one(std::string_view name, std::string_view request_id) const;
  void set_enabled(const std::string& name, bool enabled, const http::Request& request,
                   http::Responder responder) const;

  http::Response config(std::string_view name, std::string_view request_id) const;
  void configure(const std::string& name, const http::Request& request, http::Responder responder) const;
  void reset_config(const std::string& name, const http::Request& request, http::Responder responder) const;

  http::Response faults() const;
  void set_faults(const http::Request& request, http::Responder responder) const;

  // `tail` is the path behind the webhook's own, as it came.
  void webhook(const std::string& name, std::string_view tail, const http::Request& request,
               http::Responder responder) const;

 private:
  void tell_change(const char* change, std::string_view provider, std::string_view request_id) const;
  http::Response failure(const base::Error& error, std::string_view provider, std::string_view request_id) const;
  http::Response webhook_failure(const base::Error& error, std::string_view provider,
                                 std::string_view request_id) const;

  const Dependencies from_;
};

}  // namespace herald::api
