// Reads on connections of their own. Internal to the store room.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/queue_ledger.h"
#include "store/recent_keys.h"
#include "store/store.h"

namespace herald::store {

// Any thread. A call borrows a connection for its length, so that no lock is held while SQLite works; there are never
// more connections than there were calls at one moment.
class SqliteReader final : public Reader {
 public:
  // `ledger`, `recent_keys` and `recoveries` are borrowed and outlive the reader.
  SqliteReader(std::string path, std::string vfs, const QueueLedger& ledger, const RecentKeys& recent_keys,
               const std::atomic<std::uint64_t>& recoveries);
  ~SqliteReader() override;

  base::Result<domain::MessageRecord> find(domain::MessageId id) const override;
  base::Result<std::vector<QueueDepth>> queue_depths() const override;
  base::Result<ExpiredPage> expired(domain::MessageId after, base::WallTime now, std::size_t limit) const override;
  base::Result<std::optional<KeyUse>> find_key(const domain::Digest& key, base::WallTime not_before) const override;
  std::uint64_t recoveries() const override { return recoveries_.load(std::memory_order_acquire); }
  base::Result<MessagePage> messages(const MessageFilter& filter, std::optional<domain::MessageId> before,
                                     std::size_t limit) const override;
  base::Result<Page<domain::Conversation>> conversations(const PageStart& start, std::size_t limit) const override;
  base::Result<domain::Conversation> conversation(domain::ConversationId id) const override;
  base::Result<Page<domain::MessageRecord>> conversation_messages(domain::ConversationId id, const PageStart& start,
                                                                  std::size_t limit) const override;
  base::Result<std::map<std::string, std::string>> kept() const override;

 private:
  struct Connection;

  std::unique_ptr<Connection> borrow() const HERALD_EXCLUDES(mutex_);
  void give_back(std::unique_ptr<Connection> connection) const HERALD_EXCLUDES(mutex_);

  // Runs `query` on a borrowed connection, in one read transaction. A connection on which a query failed is closed.
  template <typename Query>
  auto read(Query query) const -> decltype(query(std::declval<Connection&>()));

  const std::string path_;
  const std::string vfs_;
  const QueueLedger& ledger_;
  const RecentKeys& recent_keys_;
  const std::atomic<std::uint64_t>& recoveries_;
  mutable base::Mutex mutex_;
  mutable std::vector<std::unique_ptr<Connection>> free_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::store
