#include "store/key_log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/database.h"

namespace herald::store {

KeyLog::KeyLog(Database& database)
    : insert_(database,
              "INSERT INTO idempotency_log(seq, key, request, message_id, accepted_at) VALUES(?1, ?2, ?3, ?4, ?5)"),
      last_seq_(database.query_number("SELECT coalesce(max(seq), 0) FROM idempotency_log")) {}

void KeyLog::append(const domain::RequestKey& key, domain::MessageId id, base::WallTime accepted_at) {
  insert_.bind(1, last_seq_ + 1)
      .bind_bytes(2, key.key)
      .bind_bytes(3, key.request)
      .bind(4, id.value())
      .bind(5, accepted_at)
      .run();
  ++last_seq_;
  appended_.push_back({key.key, key.request, id, accepted_at, last_seq_});
}

std::vector<RecentKey> KeyLog::take_appended() {
  return std::exchange(appended_, {});
}

std::vector<RecentKey> read_key_log(Database& database) {
  std::vector<RecentKey> keys;
  Statement row(database, "SELECT key, request, message_id, accepted_at, seq FROM idempotency_log ORDER BY seq");
  while (row.step()) {
    keys.push_back(
        {digest_of(row.text(0)), digest_of(row.text(1)), domain::MessageId{row.number(2)}, row.time(3), row.number(4)});
  }
  return keys;
}

domain::Digest digest_of(std::string_view stored) {
  domain::Digest digest{};
  if (stored.size() != digest.size()) {
    throw_corrupt("found a digest of " + std::to_string(stored.size()) + " bytes, expected " +
                  std::to_string(digest.size()));
  }
  std::transform(stored.begin(), stored.end(), digest.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  return digest;
}

}  // namespace herald::store
