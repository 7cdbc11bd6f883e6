// Writes answers as HTTP/1.1 bytes, straight into a connection's out-buffer.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace herald::http {

// What an answer's head needs to know of its request and its connection.
struct AnswerContext {
  std::string_view request_id;
  bool head_only = false;  // the request was HEAD: the head of the answer, without its body
  bool http10 = false;
  bool close = false;  // nothing follows on this connection
};

// One per reactor; one thread at a time.
class ResponseWriter {
 public:
  explicit ResponseWriter(const base::Clock& clock) : clock_(clock) {}

  // Whether `response` can be written: a final status, and no control character in a field, with which a header taken
  // from elsewhere could split the answer.
  static bool fits(const Response& response);

  // `response` must fit.
  void append(std::string& out, const Response& response, const AnswerContext& context);

 private:
  std::string_view date();

  const base::Clock& clock_;
  std::chrono::sys_seconds date_second_ = std::chrono::sys_seconds::min();
  std::string date_line_;  // "Date: ...\r\n", made once a second
};

}  // namespace herald::http
