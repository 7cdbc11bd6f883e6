// Messages: reading them, taking them back, and sending the dead ones again.
#pragma once

#include <string>
#include <string_view>

#include "api/dependencies.h"
#include "http/handler.h"

namespace herald::api {

// Any reactor's thread. Reads are answered there; an order on the writer's thread, where the store is not read: its
// answer is what the commit did.
class MessagesApi {
 public:
  MessagesApi(const Dependencies& dependencies, std::string default_region)
      : from_(dependencies), default_region_(std::move(default_region)) {}

  http::Response one(std::string_view id, const http::Request& request) const;
  http::Response list(const http::Request& request) const;
  void cancel(std::string_view id, const http::Request& request, http::Responder responder) const;
  void retry(std::string_view id, const http::Request& request, http::Responder responder) const;
  void retry_many(const http::Request& request, http::Responder responder) const;

 private:
  const Dependencies from_;
  const std::string default_region_;
};

}  // namespace herald::api
