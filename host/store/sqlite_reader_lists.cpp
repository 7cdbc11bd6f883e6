// Lists: what was kept.
#include "store/sqlite_reader.h"

namespace herald::store {

base::Result<std::optional<KeyUse>> SqliteReader::find_key(const domain::Digest&, base::WallTime) const {
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

base::Result<std::map<std::string, std::string>> SqliteReader::kept() const {
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

}  // namespace herald::store
