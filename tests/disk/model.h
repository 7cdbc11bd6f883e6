// What the store promises, in the fewest words: what each command does to messages, keys and settings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/lifecycle.h"
#include "stored.h"

namespace herald::disk {

// What a client, a lane or a carrier asks for. Which fields count depends on the kind.
struct Intent {
  enum class Kind { kAccept, kClaim, kSettle, kRelease, kExpire, kReceive, kReceipt, kCancel, kRetry, kKeep };
  enum class End { kSent, kRejected, kAgain };

  Kind kind = Kind::kAccept;
  std::vector<std::string> tokens;  // accept, receive: one; of a claim: none
  std::string provider;             // accept, claim
  std::string key;                  // accept: in hexadecimal, empty for none; keep: the setting's name
  std::string value;                // keep; receive: the carrier's id; receipt: the provider's id of the message
  std::size_t limit = 0;            // claim
  std::int64_t now = 0;             // milliseconds since the epoch
  std::int64_t expires_at = 0;      // accept
  End end = End::kSent;             // settle
  std::int64_t retry_at = 0;        // settle, when it ends with kAgain
  bool delivered = false;           // receipt
};

class Model {
 public:
  struct Message {
    domain::Status status = domain::Status::kPending;
    std::string provider;
    std::int64_t attempts = 0;
    std::int64_t due = 0;
    std::int64_t expires_at = 0;
    std::int64_t lifetime = 0;
    std::string error;
    std::size_t order = 0;  // of acceptance
  };

  // What the command answers, as text: "ok", "conflict", what was claimed.
  std::string apply(const Intent& intent);

  // What was with a provider goes out again, or is held for an operator.
  void restart(bool hold);
  // What `before` did not have with a provider is pending again: nobody was told of these claims.
  void put_back(const Model& before);

  // As the store should show it, with the keys that were used at `since` or later.
  State state(std::int64_t since) const;

  const std::map<std::string, Message>& messages() const { return messages_; }
  std::vector<std::string> with(domain::Status status) const;
  // The message that a key stands for, by its token.
  std::optional<std::string> token_of(const std::string& key) const;

 private:
  struct KeyUse {
    std::string token;
    std::int64_t at = 0;
  };
  struct Sent {
    std::string token;
    std::int64_t attempt = 0;
  };

  std::string accept(const Intent& intent);
  std::string claim(const Intent& intent);
  void settle(const std::string& token, const Intent& intent);
  std::string receive(const Intent& intent);
  std::string receipt(const Intent& intent);
  bool apply_receipt(const Sent& sent, bool delivered);
  std::string expire(const Intent& intent);
  std::string cancel(const std::string& token);
  std::string retry(const std::string& token, std::int64_t now);

  std::map<std::string, Message> messages_;
  std::map<std::string, KeyUse> keys_;
  std::map<std::string, std::string> kept_;
  std::map<std::string, std::string> received_;  // carrier's id to token
  std::map<std::string, Sent> sent_;             // provider's id to message
  std::map<std::string, bool> early_;            // provider's id to "delivered"
  std::size_t accepted_ = 0;
};

// The id by which a provider names a message of that attempt.
std::string provider_id_of(const std::string& token, std::int64_t attempt);

}  // namespace herald::disk
