// Delivery receipts, and the provider's ids by which they name their messages. Internal to the store room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "domain/inbound.h"
#include "store/statement.h"

namespace herald::store {

// What became of one receipt.
enum class ReceiptFate { kApplied, kParked, kIgnored };

// A message that a provider took, and what it calls it.
struct SentMessage {
  std::int64_t provider_id = 0;
  std::string_view provider_message_id;  // not empty
  domain::MessageId message;
  std::int64_t attempt = 0;  // the number of the attempt in which it was taken
};

// The writer's thread only; lives no longer than its database, and no longer than the session of one: its count belongs
// to the open transaction. What writes is called within a transaction. All throw SqliteError.
//
// A receipt may come before its message has settled, twice, after another one, or after an operator's retry. The first
// one for the last attempt of a dispatched message decides; all others change nothing.
class ReceiptBook {
 public:
  // What may wait for messages that never settle: beyond it the oldest go, and so does what is older than the age.
  static constexpr std::uint64_t kMostParked = 100'000;
  static constexpr std::chrono::hours kParkedAtMost{7 * 24};

  explicit ReceiptBook(Database& database);

  // Keeps the id to be found by, in place of what it named before, and applies the receipt that waits for it. The
  // message's delivery says dispatched by now.
  void sent(const SentMessage& sent, base::WallTime now);

  // A receipt without an id is ignored.
  ReceiptFate receive(std::int64_t provider_id, const domain::Receipt& receipt, base::WallTime now);

  // Removes up to `most` of the parked receipts that came before `now` less their age; answers how many.
  std::uint64_t remove_old(base::WallTime now, std::size_t most);
  // Whether remove_old() would find one.
  bool has_old(base::WallTime now);

  // Receipts that went because too many were parked, since the last call.
  std::uint64_t take_displaced();

 private:
  struct Place {
    std::int64_t message_id = 0;
    std::int64_t attempt = 0;
  };

  std::optional<Place> find(std::int64_t provider_id, std::string_view provider_message_id);
  bool apply(const Place& place, bool delivered, std::string_view error_code, base::WallTime now);
  ReceiptFate park(std::int64_t provider_id, const domain::Receipt& receipt, base::WallTime now);
  std::uint64_t remove_oldest(base::WallTime before, std::size_t most);

  Statement upsert_sent_;
  Statement select_sent_;
  Statement update_delivery_;
  Statement insert_early_;
  Statement take_early_;
  Statement select_oldest_;
  Statement delete_early_;

  std::uint64_t parked_ = 0;
  std::uint64_t displaced_ = 0;
};

}  // namespace herald::store
