// The REST surface: requests in, JSON out. It decides nothing; intake and the providers' room do.
//
// Threads: every function from any reactor's thread, concurrently. A message that is sent is answered later, from the
// writer's thread; an order to a provider from a thread of the providers' room. Reads of the store run on the reactor's
// own thread: they are short, on connections of the reader's own, and wait for no commit.
#pragma once

#include <optional>

#include "api/conversations_api.h"
#include "api/dependencies.h"
#include "api/gate.h"
#include "api/messages_api.h"
#include "api/options.h"
#include "api/providers_api.h"
#include "api/router.h"
#include "api/sending.h"
#include "http/handler.h"

namespace herald::api {

class Api final : public http::Handler {
 public:
  using Dependencies = api::Dependencies;

  Api(Options options, const Dependencies& dependencies);

  void handle(const http::Request& request, http::Responder responder) override;
  http::Response refuse(const http::Fault& fault) noexcept override;
  std::optional<http::Response> check_head(const http::Request& request) override;
  std::string loggable_path(std::string_view path) const override;

 private:
  std::optional<http::Response> refusal_of_host(const http::Request& request) const;
  void handle_from_client(const http::Request& request, http::Responder responder);
  void change(const Match& match, const http::Request& request, Gate::Passage passage, http::Responder responder) const;
  http::Response read(const Match& match, const http::Request& request) const;
  http::Response ready(const http::Request& request) const;
  http::Response metrics(const http::Request& request) const;

  const Options options_;
  const Dependencies from_;
  const Router router_;
  Gate gate_;
  const Sending sending_;
  const MessagesApi messages_;
  const ConversationsApi conversations_;
  const ProvidersApi providers_;
};

}  // namespace herald::api
