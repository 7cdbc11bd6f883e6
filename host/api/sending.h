// Messages on their way in, from clients and from carriers.
#pragma once

#include <optional>

#include "api/dependencies.h"
#include "http/handler.h"

namespace herald::api {

// Any reactor's thread. The answer is given there for what a gate refuses, else on the writer's thread.
class Sending {
 public:
  explicit Sending(const Dependencies& dependencies) : to_(dependencies) {}

  void send(const http::Request& request, intake::Medium medium, http::Responder responder) const;
  // `delivery`: what the request's signature vouches for, where one was asked for.
  void receive(const http::Request& request, intake::InboundSource source,
               std::optional<intake::SignedDelivery> delivery, http::Responder responder) const;

 private:
  const Dependencies to_;
};

}  // namespace herald::api
