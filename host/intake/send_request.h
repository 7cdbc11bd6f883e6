// A client's wish to send, decoded and not yet judged.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message.h"

namespace herald::intake {

// One thing that is wrong with a request. Both texts are fit for a client; the message does not repeat the value.
struct Fault {
  std::string pointer;  // RFC 6901; "" is the whole document
  std::string message;
};

// Everything that is wrong with a request, in the order in which it was found.
class Faults {
 public:
  // A client that sends thousands of wrong values learns of the first of them.
  static constexpr std::size_t kMax = 64;

  void add(std::string pointer, std::string message) {
    if (list_.size() < kMax) list_.push_back(Fault{std::move(pointer), std::move(message)});
  }

  // Whether something is wrong with exactly this place.
  bool at(std::string_view pointer) const {
    for (const auto& fault : list_) {
      if (fault.pointer == pointer) return true;
    }
    return false;
  }

  bool empty() const { return list_.empty(); }
  const std::vector<Fault>& list() const { return list_; }

 private:
  std::vector<Fault> list_;
};

enum class Medium : std::uint8_t {
  kPhone,  // SMS or MMS: `channel` says which
  kEmail,
};

// What a decoder makes of a request. A field that it could not read as the field's type is absent and stands in
// `faults`; validation adds what is missing or wrong in meaning, so that a client learns of everything at once.
// Strings are UTF-8.
struct SendRequest {
  Medium medium = Medium::kPhone;
  std::optional<domain::Channel> channel;  // phone only: kSms or kMms, the field `type`
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> subject;  // email only
  std::optional<std::string> body;
  std::vector<std::string> attachments;
  std::optional<domain::WallTime> timestamp;
  std::optional<std::int64_t> ttl_seconds;
  Faults faults;
};

}  // namespace herald::intake
