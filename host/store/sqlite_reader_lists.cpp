// Lists of messages.
#include "store/sqlite_reader.h"

namespace herald::store {

base::Result<Reader::MessagePage> SqliteReader::messages(const MessageFilter&, std::optional<domain::MessageId>,
                                                         std::size_t) const {
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

}  // namespace herald::store
