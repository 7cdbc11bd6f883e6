// Runs bytes through a Framer in pieces of any size and keeps what comes out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/framing.h"

namespace herald::test {

struct FramedRequest {
  std::string method;
  std::string path;
  std::string query;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool keep_alive = false;
  bool http10 = false;
};

struct Framed {
  std::vector<FramedRequest> requests;
  std::optional<http::FramingFault> fault;
  std::size_t continues = 0;
  bool idle = true;
};

// Each piece lies in memory of its own, which is gone at the next: a view kept too long is found by a sanitizer.
inline Framed frame_in_pieces(std::string_view bytes, std::size_t piece_bytes, http::FramingLimits limits = {}) {
  http::Framer framer(limits);
  Framed out;
  while (!bytes.empty() && !out.fault) {
    const std::string piece(bytes.substr(0, piece_bytes));
    bytes.remove_prefix(piece.size());
    std::string_view left(piece);
    while (!left.empty() && !out.fault) {
      std::size_t consumed = 0;
      const auto event = framer.feed(left, consumed);
      left.remove_prefix(consumed);
      if (event == http::Framer::Event::kContinue) ++out.continues;
      if (event == http::Framer::Event::kFault) out.fault = framer.fault();
      if (event == http::Framer::Event::kRequest) {
        const auto& request = framer.request();
        FramedRequest kept{std::string(request.method_text),
                           std::string(request.path),
                           std::string(request.query),
                           {},
                           std::string(request.body),
                           framer.keep_alive(),
                           framer.http10()};
        for (const auto& field : request.headers)
          kept.fields.emplace_back(field.name, field.value);
        out.requests.push_back(std::move(kept));
      }
    }
  }
  out.idle = framer.idle();
  return out;
}

inline Framed frame(std::string_view bytes, http::FramingLimits limits = {}) {
  return frame_in_pieces(bytes, bytes.size(), limits);
}

}  // namespace herald::test
