// Conversations: reading them.
#pragma once

#include <string_view>

#include "http/message.h"
#include "observe/log.h"
#include "store/store.h"

namespace herald::api {

// Any reactor's thread; answers there. Borrows both.
class ConversationsApi {
 public:
  ConversationsApi(const store::Reader& reader, observe::Log& log) : reader_(reader), log_(log) {}

  http::Response list(const http::Request& request) const;
  http::Response one(std::string_view id, const http::Request& request) const;
  http::Response messages(std::string_view id, const http::Request& request) const;

 private:
  http::Response failure(const base::Error& error, const http::Request& request) const;

  const store::Reader& reader_;
  observe::Log& log_;
};

}  // namespace herald::api
