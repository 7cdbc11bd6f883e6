// HTTP framing: the same bytes give the same requests however they are cut, within the limits, and none after a fault.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/property.h"
#include "http/framing.h"

namespace herald::fuzz {
namespace {

struct Framed {
  std::vector<std::string> requests;  // each written out whole, to be compared
  std::size_t continues = 0;
  bool fault = false;
  bool idle = true;
};

std::string written(const http::Framer& framer, const http::Request& request) {
  std::string out(request.method_text);
  out.append("\n").append(request.path).append("\n").append(request.query).append("\n");
  for (const auto& field : request.headers)
    out.append(field.name).append(":").append(field.value).append("\n");
  return out.append(framer.keep_alive() ? "keep" : "close")
      .append(framer.http10() ? "10\n" : "11\n")
      .append(request.body);
}

void check_request(const http::Request& request, const http::FramingLimits& limits) {
  require(!request.method_text.empty() && request.method_text.size() <= 32, "a method has 1 to 32 characters");
  require(!request.path.empty() && (request.path.front() == '/' || request.path == "*"), "a path begins with /");
  require(request.headers.size() <= 128, "a request has at most 128 fields");
  std::size_t head_bytes = request.method_text.size() + request.query.size();
  for (const auto& field : request.headers) {
    require(!field.name.empty(), "a field has a name");
    require(field.name.find_first_of("\r\n :\t") == std::string_view::npos, "a field's name is a token");
    require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
            "a field's value has no line end and no NUL");
    head_bytes += field.name.size() + field.value.size();
  }
  require(head_bytes <= limits.max_head_bytes, "a head keeps its limit");
  require(request.body.size() <= limits.max_body_bytes, "a body keeps its limit");
}

void check_fault(http::Framer& framer) {
  const auto& fault = framer.fault();
  require(fault.status >= 400 && fault.status < 600, "a fault has a status of an error");
  require(!fault.code.empty() && !fault.detail.empty(), "a fault says what is wrong");
  std::size_t consumed = 1;
  require(framer.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", consumed) == http::Framer::Event::kFault && consumed == 0,
          "nothing is framed after a fault");
}

// `sizes` are the pieces' sizes, over and over. Each piece lies in memory of its own, which is gone at the next.
Framed framed(std::string_view bytes, const std::vector<std::size_t>& sizes, const http::FramingLimits& limits) {
  http::Framer framer(limits);
  Framed out;
  for (std::size_t turn = 0; !bytes.empty() && !out.fault; ++turn) {
    const std::vector<char> piece(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), sizes[turn % sizes.size()])));
    bytes.remove_prefix(piece.size());
    std::string_view left(piece.data(), piece.size());
    while (!left.empty() && !out.fault) {
      std::size_t consumed = 0;
      const auto event = framer.feed(left, consumed);
      require(consumed <= left.size(), "no more is consumed than was fed");
      left.remove_prefix(consumed);
      require(event != http::Framer::Event::kMore || left.empty(), "more is asked for only when all was taken");
      if (event == http::Framer::Event::kContinue) {
        require(framer.request().body.empty() && framer.in_body(), "100 Continue comes before the body");
        ++out.continues;
      } else if (event == http::Framer::Event::kRequest) {
        require(framer.idle(), "between two requests no byte of the next is taken");
        check_request(framer.request(), limits);
        out.requests.push_back(written(framer, framer.request()));
        framer.release_memory();
      } else if (event == http::Framer::Event::kFault) {
        out.fault = true;
        check_fault(framer);
      }
    }
  }
  out.idle = framer.idle();
  return out;
}

void require_same(const Framed& one, const Framed& other) {
  require(one.requests == other.requests, "the requests are the same however the bytes are cut");
  require(one.fault == other.fault, "bytes are refused however they are cut");
  require(one.continues == other.continues, "100 Continue is asked for however the bytes are cut");
  require(one.fault || one.idle == other.idle, "a connection is idle however the bytes are cut");
}

}  // namespace
}  // namespace herald::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace herald;
  fuzz::Input input(data, size);
  const auto choice = input.byte();
  http::FramingLimits limits;
  if ((choice & 1U) != 0) limits.max_head_bytes = 96;
  if ((choice & 2U) != 0) limits.max_body_bytes = 24;
  std::vector<std::size_t> sizes;
  for (std::size_t left = 1 + (choice >> 4U); left > 0; --left)
    sizes.push_back(1 + std::size_t{input.byte()});
  // What cannot become a request line is refused at once when it comes alone, and at the end of its head otherwise: all
  // heads end.
  const auto bytes = std::string(input.rest()) + "\r\n\r\n";
  const auto whole = fuzz::framed(bytes, {bytes.size()}, limits);
  fuzz::require_same(whole, fuzz::framed(bytes, {1}, limits));
  fuzz::require_same(whole, fuzz::framed(bytes, sizes, limits));
  return 0;
}
