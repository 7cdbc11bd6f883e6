#include "key_archive_fixture.h"

#include <fstream>

#include "store/migrations.h"
#include "store/transaction.h"

namespace herald::store {

Archive::Archive() {
  limits_.ttl = kTtl;
  limits_.log_rows = 10;
  limits_.most_copied = 4;
  limits_.most_deleted = 6;
  restart();
}

void Archive::restart() {
  reads_.reset();
  archive_.reset();
  key_log_.reset();
  const auto path = (directory_ / "herald.db").string();
  std::ofstream(path, std::ios::app).flush();
  database_.emplace(path, Database::Mode::kReadWrite, "");
  database_->execute("PRAGMA synchronous = OFF");  // no machine loses its power here
  migrate(*database_);
  key_log_.emplace(*database_);
  recent_.replace(read_key_log(*database_));
  archive_.emplace(*database_, recent_, limits_, clock_, log_);
  reads_.emplace(*database_);
}

void Archive::use(std::uint32_t key, std::int64_t message) {
  Transaction transaction(*database_);
  key_log_->append({digest(key), digest(static_cast<std::uint32_t>(message))}, domain::MessageId{message},
                   clock_.wall());
  transaction.commit();
  recent_.add(key_log_->take_appended());
}

void Archive::use_all(std::uint32_t first, std::uint32_t last) {
  for (auto key = first; key <= last; ++key)
    use(key);
}

std::int64_t Archive::found_since(std::uint32_t key, base::WallTime not_before) {
  const auto in_memory = recent_.find(digest(key), not_before);
  const auto use = in_memory ? in_memory : reads_->find(digest(key), not_before);
  if (!use) return 0;
  EXPECT_EQ(use->request, digest(static_cast<std::uint32_t>(use->id.value())));
  return use->id.value();
}

::testing::AssertionResult Archive::all_found(std::uint32_t first, std::uint32_t last) {
  for (auto key = first; key <= last; ++key)
    if (found(key) != key) return ::testing::AssertionFailure() << "key " << key << " is not found";
  return ::testing::AssertionSuccess();
}

void Archive::settle() {
  for (int tries = 0; tries < 10'000; ++tries) {
    const auto before = database_->query_number("SELECT total_changes()");
    for (int steps = 0; steps < 4; ++steps)
      step();
    if (database_->query_number("SELECT total_changes()") == before) return;
  }
  FAIL() << "the archive finds no end";
}

domain::Digest Archive::digest(std::uint32_t number) {
  domain::Digest made{};
  const std::uint32_t scattered = number * 2'654'435'769U;
  for (std::size_t at = 0; at < 4; ++at)
    made.at(at) = static_cast<std::uint8_t>(scattered >> (24 - 8 * at));
  return made;
}

}  // namespace herald::store
