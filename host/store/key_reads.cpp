#include "store/key_reads.h"

#include "store/database.h"
#include "store/key_log.h"

namespace herald::store {
namespace {

// CROSS JOIN holds the order: the few buckets first, then one look into each.
constexpr const char* kFind =
    "SELECT k.request, k.message_id FROM idempotency_bucket b"
    " CROSS JOIN idempotency_key k ON k.bucket = b.starts_at AND k.key = ?1"
    " WHERE b.ends_at > ?2 AND k.accepted_at >= ?2 ORDER BY k.accepted_at DESC LIMIT 1";

}  // namespace

KeyReads::KeyReads(Database& database) : find_(database, kFind), kept_(database, "SELECT key, value FROM kept") {}

std::optional<KeyUse> KeyReads::find(const domain::Digest& key, base::WallTime not_before) {
  const StatementScope scope(find_);
  if (!find_.bind_bytes(1, key).bind(2, not_before).step()) return std::nullopt;
  return KeyUse{digest_of(find_.text(0)), domain::MessageId{find_.number(1)}};
}

std::map<std::string, std::string> KeyReads::kept() {
  std::map<std::string, std::string> all;
  const StatementScope scope(kept_);
  while (kept_.step())
    all.emplace(kept_.text(0), kept_.text(1));
  return all;
}

}  // namespace herald::store
