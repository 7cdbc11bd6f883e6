// Cuts a connection's bytes into requests, strictly (RFC 9112). No sockets and no time in here.
//
// llhttp 8.1 in strict mode checks the characters of fields, Content-Length, and the chunked coding. What it lets pass
// is refused here and in the two headers named below, and nowhere else:
//  - in head and trailers: a bare LF, obsolete folding, an empty name, too many bytes or fields (section_scanner.h);
//  - in the request line: everything, llhttp never sees it (head.h);
//  - in the fields: Host, Transfer-Encoding other than one "chunked", Transfer-Encoding in 1.0, Expect (head.h);
//  - in the body: more bytes than the limit, and chunks that are mostly framing;
//  - an Upgrade, which llhttp would end the connection's HTTP for: here it is ignored, as RFC 9110 section 7.8 allows.
// Trailers and chunk extensions are checked, bounded and dropped.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "http/head.h"
#include "http/message.h"
#include "http/section_scanner.h"

namespace herald::http {

struct FramingLimits {
  std::size_t max_head_bytes = 16U << 10U;  // request line and fields; trailers anew
  std::size_t max_body_bytes = 262'144;     // after the chunks' framing is taken off
};

// One thread at a time. Not movable: the parser points back here.
class Framer {
 public:
  enum class Event {
    kMore,      // all bytes are taken and the request is not complete
    kContinue,  // the head is complete, and its sender waits for "100 Continue" before it sends the body
    kRequest,   // the request is complete
    kFault,     // the bytes cannot be framed; every later feed says so too
  };

  explicit Framer(FramingLimits limits) : limits_(limits), scanner_(limits.max_head_bytes) {}
  Framer(const Framer&) = delete;
  Framer& operator=(const Framer&) = delete;

  // Takes bytes up to the next event; `consumed` is how many. After kContinue and kRequest feed the rest.
  Event feed(std::string_view bytes, std::size_t& consumed);

  // After kContinue (without a body) and kRequest: method, target, fields and body; the caller adds the rest. Views
  // into the bytes last fed and into this object, valid until the next feed.
  Request& request() { return request_; }
  const FramingFault& fault() const { return fault_; }

  // Of the request last completed or begun: whether the connection may go on after it, and how its version is answered.
  bool keep_alive() const { return meaning_.keep_alive; }
  bool http10() const { return http10_; }

  // Between two requests: no byte of the next one was taken.
  bool idle() const { return phase_ == Phase::kDone || (phase_ == Phase::kHead && scanner_.bytes() == 0); }
  // The head is complete and the body is not.
  bool in_body() const { return phase_ == Phase::kBody || phase_ == Phase::kTrailer; }

  // Gives the memory of a large request back; between two requests.
  void release_memory();

 private:
  enum class Phase { kHead, kBody, kTrailer, kDone, kFault };
  struct Callbacks;

  void restart();
  Event take_head(std::string_view bytes, std::size_t& consumed);
  Event take_body(std::string_view bytes, std::size_t& consumed);
  Event take_trailer(std::string_view bytes, std::size_t& consumed);
  Event parse_head(std::string_view head);
  llhttp_errno_t execute(std::string_view bytes, std::size_t& taken);
  bool mostly_framing(std::size_t wire_bytes);
  void keep_pieces();
  Event refuse(FramingFault fault);
  Event refuse_malformed(std::string_view detail);
  Event refuse_by_parser(llhttp_errno_t error);

  const FramingLimits limits_;
  llhttp_t parser_{};
  const char* executed_ = nullptr;  // where the bytes begin that the parser was given last
  Phase phase_ = Phase::kHead;
  FramingFault fault_;
  Request request_;
  HeadMeaning meaning_;
  bool http10_ = false;
  bool message_complete_ = false;

  SectionScanner scanner_;

  // Pieces of a request that came in more than one feed; empty while it is whole in the bytes last fed.
  std::string head_;
  std::string_view head_view_;
  std::string body_;
  std::string_view body_view_;
  std::size_t body_bytes_ = 0;
  std::size_t body_wire_bytes_ = 0;
};

}  // namespace herald::http
