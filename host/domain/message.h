// A message, from acceptance to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "domain/channel.h"
#include "domain/lifecycle.h"
#include "domain/outcome.h"

namespace herald::domain {

using base::MessageId;
using base::WallTime;

// What a client wrote; immutable once accepted. `from`, `to`, `subject` and `body` are kept byte for byte.
struct Content {
  Channel channel = Channel::kSms;
  std::string from;
  std::string to;
  std::optional<std::string> subject;  // email only
  std::string body;
  std::vector<std::string> attachments;
  WallTime timestamp;  // the client's; orders conversations only
};

// An outbound message on its way into the store.
struct NewMessage {
  Content content;
  std::string provider;         // the route at acceptance
  std::string request_id;       // of the request that brought it
  std::string normalized_from;  // for limits and conversation keys, never for providers
  std::string normalized_to;
  WallTime accepted_at;
  WallTime expires_at;  // no attempt starts at or after this moment
};

// One call of a provider, as it is kept.
struct Attempt {
  std::uint32_t number = 0;  // from 1
  std::string provider;
  Outcome outcome;
  WallTime started_at;
  std::chrono::milliseconds latency{0};
};

// A message with its whole story, as a reader sees it.
struct MessageRecord {
  MessageId id;
  Direction direction = Direction::kOutbound;
  Content content;
  Status status = Status::kPending;
  std::string provider;
  std::string provider_message_id;
  std::string request_id;
  std::string error_code;      // why it failed; empty otherwise
  std::uint32_t segments = 0;  // from the successful attempt
  std::string encoding;
  std::uint64_t ordinal = 0;
  WallTime accepted_at;
  WallTime expires_at;
  WallTime updated_at;                      // the last change of status
  std::optional<WallTime> next_attempt_at;  // set while pending
  std::vector<Attempt> attempts;            // oldest first
};

// A message claimed for an attempt; what a lane needs to make the call.
struct ClaimedMessage {
  MessageId id;
  Content content;
  std::string request_id;
  std::uint64_t ordinal = 0;  // per provider, from 0 in an empty store
  std::uint32_t attempt = 1;  // the number of the attempt that this claim is for
  std::uint32_t spent = 0;    // attempts made before an operator's last retry: they do not count against the policy
  WallTime accepted_at;
  WallTime expires_at;
};

}  // namespace herald::domain
