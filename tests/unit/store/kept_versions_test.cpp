// Every kept file of tests/golden/store, opened by this build: what it holds is shown as the build that wrote it showed
// it, and the schema cannot change without a version and a kept file of its own.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

#include "kept_store.h"
#include "sqlite_fixture.h"
#include "store/database.h"
#include "store/migrations.h"
#include "support/private_folder.h"

namespace herald::store {
namespace {

constexpr const char* kCure =
    "; a schema that changes takes a new version and a kept file: tests/golden/store/README.md";

// Each gives a row for every fault.
constexpr std::array kFaults{
    "SELECT message_id FROM ready WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT message_id FROM ready WHERE message_id IN (SELECT message_id FROM inflight)",
    "SELECT message_id FROM delivery WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT message_id FROM attempt WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT message_id FROM sent WHERE message_id NOT IN (SELECT id FROM message)",
    "SELECT id FROM message WHERE direction = 2 AND id NOT IN (SELECT message_id FROM received)",
    "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM conversation_message)",
    "SELECT id FROM conversation WHERE id NOT IN (SELECT conversation_id FROM conversation_activity)",
    "SELECT conversation_id FROM conversation_activity a WHERE message_count <>"
    " (SELECT count(*) FROM conversation_message c WHERE c.conversation_id = a.conversation_id)",
    "SELECT conversation_id FROM conversation_activity a WHERE last_activity_at <>"
    " (SELECT max(timestamp) FROM conversation_message c WHERE c.conversation_id = a.conversation_id)",
    "SELECT id FROM message m WHERE direction = 1 AND 1 <>"
    " (SELECT count(*) FROM ready r WHERE r.message_id = m.id)"
    " + (SELECT count(*) FROM inflight f WHERE f.message_id = m.id)"
    " + (SELECT count(*) FROM delivery d WHERE d.message_id = m.id AND d.status > 2)",
};

std::filesystem::path kept(int version, const std::string& end) {
  return std::filesystem::path(HERALD_KEPT_FILES) / ("v" + std::to_string(version) + end);
}

std::string schema_of(Database& database) {
  return database.query_text(
      "SELECT group_concat(name || ': ' || coalesce(sql, '-'), char(10)) FROM"
      " (SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name)");
}

class KeptFile : public SqliteFixture, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    test::make_private_folder(options_.data_dir);
    ASSERT_TRUE(std::filesystem::exists(kept(GetParam(), ".db"))) << kept(GetParam(), ".db") << kCure;
    std::filesystem::copy_file(kept(GetParam(), ".db"), database());
    std::filesystem::permissions(database(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  static std::string shown_then() {
    std::ostringstream text;
    text << std::ifstream(kept(GetParam(), ".txt")).rdbuf();
    return text.str();
  }
  std::string shown_now() {
    open();
    return describe(store_->reader());
  }
  Database plain(Database::Mode mode = Database::Mode::kReadWrite) { return {database().string(), mode, ""}; }

  std::vector<domain::MessageRecord> pending() {
    MessageFilter filter;
    filter.status = domain::Status::kPending;
    return store_->reader().messages(filter, {}, 1'000).value().items;
  }
  std::vector<domain::ClaimedMessage> claim_all(const std::string& provider) {
    std::vector<domain::ClaimedMessage> messages;
    Command command = Claim{provider, 100, clock_.wall(), [&messages](base::Result<Claimed> claimed) {
                              messages = std::move(claimed.value().messages);
                            }};
    EXPECT_TRUE(store_->apply({&command, 1}));
    return messages;
  }
  void dispatch(const domain::ClaimedMessage& message, const std::string& provider) {
    Settlement item;
    item.id = message.id;
    item.attempt = {message.attempt, provider, {}, clock_.wall(), std::chrono::milliseconds{1}};
    item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
    item.status = domain::Status::kDispatched;
    Command command = Settle{{item}, [](const base::Status& settled) { EXPECT_TRUE(settled); }};
    EXPECT_TRUE(store_->apply({&command, 1}));
  }
};

TEST_P(KeptFile, ShowsAllThatItHeld) {
  ASSERT_FALSE(shown_then().empty()) << kept(GetParam(), ".txt") << kCure;
  EXPECT_EQ(shown_now(), shown_then());
}

TEST_P(KeptFile, HoldsTogether) {
  open();
  close();
  auto opened = plain();
  EXPECT_EQ(opened.query_text("PRAGMA integrity_check"), "ok");
  for (const auto* fault : kFaults) {
    EXPECT_EQ(opened.query_number(("SELECT count(*) FROM (" + std::string(fault) + ")").c_str()), 0) << fault;
  }
}

// The damage is that of one message: it is set aside when it is claimed, and no reason to refuse all the others.
TEST_P(KeptFile, IsOpenedAlthoughRowsOfWhatWaitsAreDamaged) {
  std::int64_t waiting = 0;
  {
    auto damaged = plain();
    waiting = damaged.query_number("SELECT count(*) FROM ready");
    ASSERT_GE(waiting, 2);
    damaged.execute(
        "UPDATE message SET channel = 77, normalized_sender = 'damaged'"
        " WHERE id = (SELECT min(message_id) FROM ready)");
    damaged.execute("DELETE FROM message WHERE id = (SELECT max(message_id) FROM ready)");
  }
  open();
  clock_.advance(std::chrono::hours{24 * 365 * 20});
  std::int64_t waits = 0;
  const auto depths = store_->reader().queue_depths().value();
  for (const auto& depth : depths) {
    claim_all(depth.provider);
    EXPECT_EQ(store_->reader().queue_depths().value().size(), depths.size());
  }
  const auto left = store_->reader().queue_depths().value();
  for (const auto& depth : left)
    waits += static_cast<std::int64_t>(depth.waiting);
  EXPECT_EQ(waits, 0);
}

TEST_P(KeptFile, ComesToTheSchemaThatAnEmptyStoreHas) {
  open();
  close();
  auto migrated = plain();
  const auto empty = (directory_ / "empty.db").string();
  write(empty, "");
  Database fresh(empty, Database::Mode::kReadWrite, "");
  migrate(fresh);
  EXPECT_EQ(schema_of(migrated), schema_of(fresh)) << kCure;
}

TEST_P(KeptFile, SendsWhatWaited) {
  open();
  const auto waiting = pending();
  ASSERT_FALSE(waiting.empty());
  clock_.jump_wall(-std::chrono::duration_cast<base::Milliseconds>(clock_.wall() - base::from_unix_ms(0)));
  for (const auto& record : waiting) {
    if (*record.next_attempt_at > clock_.wall()) clock_.jump_wall(*record.next_attempt_at - clock_.wall());
  }
  std::size_t sent = 0;
  for (const char* const provider : {"sms-mms", "email"}) {
    for (const auto& message : claim_all(provider)) {
      dispatch(message, provider);
      ++sent;
    }
  }
  EXPECT_EQ(sent, waiting.size());
  EXPECT_TRUE(pending().empty());
}

// Those that have to be migrated.
class OlderKeptFile : public KeptFile {
 protected:
  void begin_anew() {
    std::filesystem::remove_all(options_.data_dir);
    SetUp();
  }
  // In a process that dies right before its commit of this number.
  void migrate_until_killed(int commit) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto opened = plain();
      sqlite3_commit_hook(opened.handle(), die_before_commit, &commit);
      migrate(opened);
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the migration came to its end";
  }

 private:
  static int die_before_commit(void* commits_left) {
    if (--*static_cast<int*>(commits_left) == 0) ::raise(SIGKILL);
    return 0;
  }
};

TEST_P(OlderKeptFile, StandsAtAWholeVersionWhereverItsMigrationIsKilled) {
  for (int commit = 1; commit <= schema_version() - GetParam(); ++commit) {
    begin_anew();
    migrate_until_killed(commit);
    {
      auto opened = plain();
      EXPECT_EQ(read_schema_version(opened), GetParam() + commit - 1);
      EXPECT_EQ(opened.query_text("PRAGMA integrity_check"), "ok");
    }
    EXPECT_EQ(shown_now(), shown_then());
    close();
  }
}

TEST_P(OlderKeptFile, StandsAsItWasWhenTheDiskIsFull) {
  {
    auto opened = plain();
    const auto pages = opened.query_number("PRAGMA page_count");
    opened.execute(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
    EXPECT_THROW(migrate(opened), SqliteError);
    EXPECT_EQ(read_schema_version(opened), GetParam());
  }
  EXPECT_EQ(shown_now(), shown_then());
}

std::vector<int> versions_up_to(int last) {
  std::vector<int> all;
  for (int version = 1; version <= last; ++version)
    all.push_back(version);
  return all;
}

INSTANTIATE_TEST_SUITE_P(OfVersion, KeptFile, ::testing::ValuesIn(versions_up_to(schema_version())),
                         ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(OfVersion, OlderKeptFile, ::testing::ValuesIn(versions_up_to(schema_version() - 1)),
                         ::testing::PrintToStringParamName());

// A version is never edited once it was written to disk anywhere.
TEST(KeptFileOfThisVersion, HasTheSchemaOfThisBuild) {
  const test::TempDir folder;
  const auto copy = (folder / "kept.db").string();
  ASSERT_TRUE(std::filesystem::exists(kept(schema_version(), ".db"))) << kept(schema_version(), ".db") << kCure;
  std::filesystem::copy_file(kept(schema_version(), ".db"), copy);
  std::filesystem::permissions(copy, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  Database opened(copy, Database::Mode::kReadWrite, "");
  EXPECT_EQ(read_schema_version(opened), schema_version()) << kCure;
  const auto empty = (folder / "empty.db").string();
  std::ofstream(empty).flush();
  Database fresh(empty, Database::Mode::kReadWrite, "");
  migrate(fresh);
  EXPECT_EQ(schema_of(opened), schema_of(fresh)) << kCure;
}

}  // namespace
}  // namespace herald::store
