#include "http/framing.h"

#include <utility>

#include "http/text.h"

namespace herald::http {
namespace {

constexpr std::size_t kMaxFields = 128;

// Chunked framing allowed for a byte of data, beside a head's worth for all: a one-byte chunk with eight digits of
// length needs 12.
constexpr std::size_t kMaxFramingPerByte = 16;

// How far the beginning of an incomplete request line is looked at each time that more of it comes.
constexpr std::size_t kProbedBytes = 256;

// Memory that a connection may keep between requests.
constexpr std::size_t kKeptBytes = 4U << 10U;

}  // namespace

struct Framer::Callbacks {
  static Framer& self(llhttp_t* parser) { return *static_cast<Framer*>(parser->data); }

  static int on_header_field(llhttp_t* parser, const char* at, std::size_t length) {
    auto& framer = self(parser);
    if (framer.phase_ != Phase::kHead) return 0;
    if (framer.request_.headers.size() == kMaxFields) {
      framer.fault_ = FramingFault{431, "header_too_large", "The request has too many fields."};
      return HPE_USER;
    }
    framer.request_.headers.push_back(Header{std::string_view(at, length), {}});
    return 0;
  }

  static int on_header_value(llhttp_t* parser, const char* at, std::size_t length) {
    auto& framer = self(parser);
    if (framer.phase_ == Phase::kHead) framer.request_.headers.back().value = trimmed(std::string_view(at, length));
    return 0;
  }

  static int on_headers_complete(llhttp_t* parser) {
    parser->upgrade = 0;
    return 0;
  }

  static int on_body(llhttp_t* parser, const char* at, std::size_t length) {
    auto& framer = self(parser);
    const auto before = framer.body_wire_bytes_ + static_cast<std::size_t>(at - framer.executed_);
    if (framer.mostly_framing(before)) return HPE_USER;
    framer.body_bytes_ += length;
    if (framer.body_.empty() && framer.body_view_.empty()) {
      framer.body_view_ = std::string_view(at, length);
    } else {
      framer.body_.append(std::exchange(framer.body_view_, {}));
      framer.body_.append(at, length);
    }
    return 0;
  }

  static int on_chunk_header(llhttp_t* parser) {
    auto& framer = self(parser);
    if (parser->content_length > framer.limits_.max_body_bytes - framer.body_bytes_) {
      framer.fault_ = FramingFault{413, "body_too_large", "The request's body is larger than this server takes."};
      return -1;
    }
    // The trailers are scanned line by line before the parser sees them.
    return parser->content_length == 0 ? HPE_PAUSED : 0;
  }

  static int on_message_complete(llhttp_t* parser) {
    self(parser).message_complete_ = true;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t callbacks = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_header_field = on_header_field;
      made.on_header_value = on_header_value;
      made.on_headers_complete = on_headers_complete;
      made.on_body = on_body;
      made.on_chunk_header = on_chunk_header;
      made.on_message_complete = on_message_complete;
      return made;
    }();
    return &callbacks;
  }

  // A parser that has just read a request line: the fields follow.
  static const llhttp_t& before_fields() {
    static const llhttp_t parser = [] {
      static constexpr std::string_view kLine = "POST / HTTP/1.1\r\n";
      llhttp_t made;
      llhttp_init(&made, HTTP_REQUEST, settings());
      llhttp_execute(&made, kLine.data(), kLine.size());
      return made;
    }();
    return parser;
  }
};

Framer::Event Framer::feed(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  if (phase_ == Phase::kFault) return Event::kFault;
  if (phase_ == Phase::kDone) restart();
  auto event = Event::kMore;
  while (event == Event::kMore && consumed < bytes.size()) {
    switch (phase_) {
      case Phase::kHead:
        event = take_head(bytes, consumed);
        break;
      case Phase::kBody:
        event = take_body(bytes, consumed);
        break;
      case Phase::kTrailer:
        event = take_trailer(bytes, consumed);
        break;
      case Phase::kDone:
      case Phase::kFault:
        return refuse(fault_);
    }
  }
  if (event == Event::kRequest) {
    phase_ = Phase::kDone;
    request_.body = body_.empty() ? body_view_ : std::string_view(body_);
  } else if (event != Event::kFault) {
    keep_pieces();
  }
  return event;
}

void Framer::release_memory() {
  if (head_.capacity() > kKeptBytes) std::string().swap(head_);
  if (body_.capacity() > kKeptBytes) std::string().swap(body_);
}

void Framer::restart() {
  phase_ = Phase::kHead;
  request_.headers.clear();
  request_.method = Method::kOther;
  request_.method_text = request_.path = request_.query = request_.body = {};
  http10_ = false;
  meaning_ = HeadMeaning{};
  scanner_.begin(SectionScanner::Kind::kHead);
  head_.clear();
  head_view_ = {};
  body_.clear();
  body_view_ = {};
  body_bytes_ = body_wire_bytes_ = 0;
  message_complete_ = false;
}

Framer::Event Framer::take_head(std::string_view bytes, std::size_t& consumed) {
  const auto begin = consumed;
  const auto progress = scanner_.scan(bytes, consumed);
  if (progress == SectionScanner::Progress::kFault) return refuse(scanner_.fault());

  // A head that lies whole in this feed is parsed where it is; what was kept was a blank line, if anything.
  const auto fresh = consumed - begin;
  const bool whole = scanner_.bytes() <= fresh;
  if (whole) head_.clear();
  const auto piece_bytes = whole ? scanner_.bytes() : fresh;
  const auto piece = bytes.substr(consumed - piece_bytes, piece_bytes);
  if (progress == SectionScanner::Progress::kComplete && whole) return parse_head(piece);
  head_.append(piece);
  if (progress == SectionScanner::Progress::kComplete) return parse_head(head_);
  if (scanner_.in_first_line() && head_.size() <= kProbedBytes && !may_begin_request_line(head_)) {
    return refuse_malformed("The request line does not begin with a method and a target.");
  }
  return Event::kMore;
}

Framer::Event Framer::parse_head(std::string_view head) {
  const auto line_end = head.find('\r');
  const auto line = parse_request_line(head.substr(0, line_end));
  if (!line) return refuse(line.error());
  if (head[line_end + 1] != '\n') return refuse_malformed("The request line has a CR in it.");
  request_.method = line->method;
  request_.method_text = line->method_text;
  request_.path = line->path;
  request_.query = line->query;
  http10_ = line->http10;
  head_view_ = head;

  parser_ = Callbacks::before_fields();
  parser_.data = this;
  std::size_t taken = 0;
  const auto fields = head.substr(line_end + 2);
  const auto error = execute(fields, taken);
  if (error != HPE_OK && error != HPE_PAUSED) return refuse_by_parser(error);
  if (taken != fields.size()) return refuse_malformed("The head ends before its blank line.");

  const auto meaning = read_head_fields(request_.headers, http10_);
  if (!meaning) return refuse(meaning.error());
  meaning_ = *meaning;
  if (message_complete_) return Event::kRequest;
  if (!meaning_.chunked && parser_.content_length > limits_.max_body_bytes) {
    return refuse(FramingFault{413, "body_too_large", "The request's body is larger than this server takes."});
  }
  phase_ = Phase::kBody;
  return meaning_.expects_continue ? Event::kContinue : Event::kMore;
}

Framer::Event Framer::take_body(std::string_view bytes, std::size_t& consumed) {
  std::size_t taken = 0;
  const auto error = execute(bytes.substr(consumed), taken);
  consumed += taken;
  body_wire_bytes_ += taken;
  if (message_complete_) return Event::kRequest;
  if (error != HPE_OK && error != HPE_PAUSED) return refuse_by_parser(error);
  if (mostly_framing(body_wire_bytes_)) return refuse(fault_);
  if (error == HPE_PAUSED) {
    phase_ = Phase::kTrailer;
    scanner_.begin(SectionScanner::Kind::kTrailers);
  }
  return Event::kMore;
}

Framer::Event Framer::take_trailer(std::string_view bytes, std::size_t& consumed) {
  const auto begin = consumed;
  const auto progress = scanner_.scan(bytes, consumed);
  if (progress == SectionScanner::Progress::kFault) return refuse(scanner_.fault());
  std::size_t taken = 0;
  const auto piece = bytes.substr(begin, consumed - begin);
  const auto error = execute(piece, taken);
  if (error != HPE_OK && error != HPE_PAUSED) return refuse_by_parser(error);
  const bool complete = progress == SectionScanner::Progress::kComplete;
  if (message_complete_ != complete || taken != piece.size()) return refuse_malformed("The trailers are malformed.");
  return complete ? Event::kRequest : Event::kMore;
}

llhttp_errno_t Framer::execute(std::string_view bytes, std::size_t& taken) {
  llhttp_resume(&parser_);
  executed_ = bytes.data();
  const auto error = llhttp_execute(&parser_, bytes.data(), bytes.size());
  taken = error == HPE_PAUSED ? static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - bytes.data()) : bytes.size();
  return error;
}

// Asked where data begins and where a feed ends: more framing only adds to it in between, so the answer for the whole
// body does not depend on how its bytes were cut.
bool Framer::mostly_framing(std::size_t wire_bytes) {
  if (wire_bytes - body_bytes_ <= limits_.max_head_bytes + kMaxFramingPerByte * body_bytes_) return false;
  fault_ = malformed("The chunks are mostly framing.").value();
  return true;
}

// Copies what was only viewed in the caller's bytes: they are gone at the next feed.
void Framer::keep_pieces() {
  if (!body_view_.empty()) body_.append(std::exchange(body_view_, {}));
  if (!in_body() || head_view_.data() == head_.data()) return;
  const auto* const old = head_view_.data();
  head_.assign(head_view_);
  head_view_ = head_;
  const auto moved = [this, old](std::string_view& view) {
    if (!view.empty()) view = std::string_view(head_.data() + (view.data() - old), view.size());
  };
  moved(request_.method_text);
  if (request_.path.data() != kRootPath.data()) moved(request_.path);
  moved(request_.query);
  for (auto& field : request_.headers) {
    moved(field.name);
    moved(field.value);
  }
}

Framer::Event Framer::refuse(FramingFault fault) {
  fault_ = fault;
  phase_ = Phase::kFault;
  return Event::kFault;
}

Framer::Event Framer::refuse_malformed(std::string_view detail) {
  return refuse(malformed(detail).value());
}

Framer::Event Framer::refuse_by_parser(llhttp_errno_t error) {
  switch (error) {
    case HPE_USER:
    case HPE_CB_CHUNK_HEADER:
      return refuse(fault_);
    case HPE_INVALID_CONTENT_LENGTH:
      return refuse_malformed("The Content-Length is not a number of bytes.");
    case HPE_UNEXPECTED_CONTENT_LENGTH:
      return refuse_malformed("The request gives its length twice.");
    case HPE_INVALID_TRANSFER_ENCODING:
      return refuse_malformed("The only Transfer-Encoding taken is one \"chunked\".");
    case HPE_INVALID_CHUNK_SIZE:
      return refuse_malformed("A chunk's length is not a hexadecimal number.");
    case HPE_INVALID_HEADER_TOKEN:
    case HPE_LF_EXPECTED:
    case HPE_CR_EXPECTED:
      return refuse_malformed("A field has a character that is not allowed there.");
    default:
      return refuse_malformed(in_body() ? "The chunked body is malformed." : "The fields are malformed.");
  }
}

}  // namespace herald::http
