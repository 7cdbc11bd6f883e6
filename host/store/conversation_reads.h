// What a reader asks of conversations, on one connection. Internal to the store room.
#pragma once

#include <cstddef>

#include "store/statement.h"
#include "store/store.h"

namespace herald::store {

// Used by its connection's thread, each function within one read transaction: a page and its total are of one moment.
// Functions throw SqliteError.
class ConversationReads {
 public:
  explicit ConversationReads(Database& database);

  Page<domain::Conversation> list(const PageStart& start, std::size_t limit);
  base::Result<domain::Conversation> find(domain::ConversationId id);
  base::Result<Page<domain::MessageRecord>> messages(domain::ConversationId id, const PageStart& start,
                                                     std::size_t limit);

 private:
  Statement total_;
  Statement list_;
  Statement find_;
  Statement messages_;
};

}  // namespace herald::store
