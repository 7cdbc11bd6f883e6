// The answers that one connection owes, in the order of its requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/message.h"

namespace herald::http {

// A request's place in the line, and its answer once that is there.
struct OwedAnswer {
  std::string request_id;
  bool head_only = false;  // the request was HEAD
  bool http10 = false;
  bool close = false;  // the connection ends with this answer
  base::MonoTime started{};
  std::string method;  // for the access line; empty while that is off
  std::string path;
  std::optional<Response> answer;
};

// One thread at a time. Places are used again, so that a steady connection allocates nothing here.
class AnswerQueue {
 public:
  // Opens the place behind all others, blank; `slot` names it and is never given again. The reference holds until the
  // next open().
  OwedAnswer& open(std::uint64_t& slot);

  // The place, when it is open and its answer is not there yet; else null.
  OwedAnswer* awaiting(std::uint64_t slot);

  // Hands in the answer of a place that is awaiting it.
  void settle(OwedAnswer& place, Response answer);

  // The first place, when its answer is there; else null.
  OwedAnswer* ready();
  void pop();
  void clear();

  // Requests whose answers have not been popped.
  std::size_t waiting() const { return count_; }
  // Bytes of the bodies in it.
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  OwedAnswer& at(std::size_t index) { return places_[(first_ + index) % places_.size()]; }
  void grow();

  std::vector<OwedAnswer> places_;  // a ring
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::uint64_t first_slot_ = 0;
  std::size_t held_bytes_ = 0;
};

}  // namespace herald::http
