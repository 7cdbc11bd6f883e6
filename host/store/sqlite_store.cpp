#include "store/sqlite_store.h"

#include <atomic>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "store/completion.h"
#include "store/data_directory.h"
#include "store/gathering_vfs.h"
#include "store/log_check.h"
#include "store/migrations.h"
#include "store/queue_ledger.h"
#include "store/session.h"
#include "store/sqlite_reader.h"
#include "store/stale_lookup.h"
#include "store/transaction.h"
#include "store/uncertain.h"

namespace herald::store {
namespace {

// The answer that a command's `done` takes.
template <typename Result>
Result answer_to(const std::function<void(Result)>& /*done*/, Reply& reply) {
  return std::get<Result>(std::move(reply));
}

}  // namespace

struct SqliteStore::Impl {
  Impl(const Options& the_options, const base::Clock& the_clock, observe::Log& the_log, observe::Metrics& the_metrics,
       DataDirectory the_directory)
      : options(the_options),
        clock(the_clock),
        log(the_log),
        metrics(the_metrics),
        directory(std::move(the_directory)),
        ledger(the_metrics),
        reader(directory.database_path(), options.vfs, ledger, recent_keys, recoveries) {
    if (options.durability == Durability::kPower) gathering.emplace(options.vfs);
  }

  void start();
  int begin_session();  // answers the version of the schema that it found
  Surroundings surroundings() { return {options, clock, log, metrics, ledger, recent_keys, ids}; }
  base::Error commit(std::span<Command> batch, std::vector<Reply>& replies);
  void save_lost_log();
  void answer(std::span<Command> batch, std::vector<Reply>& replies);
  void tell_listener();
  void put_unanswered_back();

  const Options options;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
  CommitListener* listener = nullptr;

  // Destroyed from the last to the first: the readers before the writing connection, which empties the log as it
  // closes, and the lock after all.
  DataDirectory directory;
  QueueLedger ledger;
  // Claimed in batches that were reported as failed, so that no lane has them; until the recovery.
  std::vector<MessageClaim> unanswered;
  RecentKeys recent_keys{base::entropy_seed()};  // nothing that is seen from outside depends on it
  std::atomic<std::uint64_t> recoveries{0};
  base::IdSource ids;
  std::optional<GatheringVfs> gathering;  // only where every commit is synced
  std::unique_ptr<Session> session;       // null from a failed commit until the recovery
  // Keeps the log's index in memory while the writing connection is closed. Without it the next connection would read
  // the log file anew and take the frames of a failed commit for good.
  std::optional<Database> anchor;
  SqliteReader reader;
};

void SqliteStore::Impl::start() {
  static_cast<void>(begin_session());
  auto& database = session->database;
  // What the last process left in the log goes into the database before anything is written behind it: of commits whose
  // sync failed, the page cache may show what the disk has lost.
  Checkpointer(database, log, metrics, options.wal_limit_bytes).empty_log();
  migrate(database);
  const auto uncertain = resolve_uncertain(database, options.uncertain_policy, clock.wall());
  session->arm(surroundings());
  ids = base::IdSource{domain::MessageId{
      database.query_number("SELECT max(coalesce((SELECT max(id) FROM message), 0), last_message) FROM removed")}};
  anchor.emplace(directory.database_path(), Database::Mode::kReadOnly, options.vfs);
  anchor->query_number("SELECT count(*) FROM provider");  // the first read is what opens the log
  directory.note_log();
  database.keep_log_at_close(false);
  const bool hold = options.uncertain_policy == UncertainPolicy::kHold;
  log.info("store.opened", {{"path", directory.database_path()},
                            {"schema_version", schema_version()},
                            {"waiting", ledger.waiting()},
                            {"uncertain", uncertain},
                            {"uncertain_policy", hold ? "hold" : "resend"}});
}

int SqliteStore::Impl::begin_session() {
  const bool log_waits = directory.has_log();
  session = std::make_unique<Session>(directory.database_path(), gathering ? gathering->name() : options.vfs);
  // Until the store has opened: a file that is refused is left as it is, and so is the log beside it.
  session->database.keep_log_at_close(log_waits);
  // Before the first setting: a file of another application must not even have its journal mode changed.
  const int version = read_schema_version(session->database);
  session->set_up(options);
  return version;
}

// The error of a commit that failed; kInternal with an empty message when it succeeded.
base::Error SqliteStore::Impl::commit(std::span<Command> batch, std::vector<Reply>& replies) {
  session->applier->batch_claims().clear();
  if (auto in_place = directory.check_in_place(); !in_place) return in_place.error();
  if (auto in_place = directory.check_log_in_place(); !in_place) {
    save_lost_log();
    return in_place.error();
  }
  try {
    Transaction transaction(session->database);
    for (const auto& command : batch) {
      auto refusal = refuse_stale_lookup(command, recoveries);
      replies.push_back(refusal ? *std::move(refusal) : session->applier->apply(command));
    }
    session->applier->save();
    transaction.commit();
    return {};
  } catch (const SqliteError& error) {
    return to_error(error, directory.database_path());
  } catch (const std::exception& error) {
    return {base::ErrorCode::kInternal, std::string("the batch could not be applied: ") + error.what()};
  }
}

// A log that has no name any more is open all the same: this is the last moment to take what it holds.
void SqliteStore::Impl::save_lost_log() {
  try {
    session->checkpointer->empty_log();
  } catch (const SqliteError& error) {
    log.error("store.log_not_saved", {{"error", error.what()}});
  }
}

void SqliteStore::Impl::answer(std::span<Command> batch, std::vector<Reply>& replies) {
  auto reply = replies.begin();
  for (auto& command : batch) {
    std::visit([this, &reply](auto& one) { complete(one.done, answer_to(one.done, *reply), log); }, command);
    ++reply;
  }
  if (const auto count = session->applier->take_left_alone(); count > 0) {
    log.warn("store.not_dispatching", {{"count", count}, {"cause", "settled or released twice, or too late"}});
  }
  for (const auto& message : session->applier->take_set_aside()) {
    log.error("store.message_set_aside", {{"message_id", message.id.text()},
                                          {"provider_name", message.provider},
                                          {"error_code", message.error_code},
                                          {"cause", "it waited, but its row is missing or damaged; restore a backup"}});
  }
  if (const auto count = session->applier->receipts().take_displaced(); count > 0) {
    log.warn("store.receipts_displaced", {{"count", count},
                                          {"limit", ReceiptBook::kMostParked},
                                          {"cause", "too many receipts wait for messages that have not settled"}});
  }
}

// The commit may have reached the disk before it failed: then what it claimed would stay in flight with nobody to
// settle it.
void SqliteStore::Impl::put_unanswered_back() {
  if (unanswered.empty()) return;
  const auto count = put_back(session->database, unanswered);
  unanswered.clear();
  if (count > 0) log.warn("store.claims_put_back", {{"count", count}, {"cause", "a commit that failed was durable"}});
}

void SqliteStore::Impl::tell_listener() {
  const auto providers = ledger.publish();
  if (listener == nullptr) return;
  for (const auto& provider : providers)
    listener->work_available(provider);
}

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const Options& options, const base::Clock& clock,
                                                             observe::Log& log, observe::Metrics& metrics) {
  auto directory = DataDirectory::open(options.data_dir);
  if (!directory) return tl::make_unexpected(directory.error());
  const std::string path = directory->database_path();
  if (options.durability == Durability::kPower) {
    if (auto whole = check_log(path); !whole) return tl::make_unexpected(whole.error());
  }
  try {
    auto impl = std::make_unique<Impl>(options, clock, log, metrics, std::move(*directory));
    impl->start();
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
  } catch (const SqliteError& error) {
    return tl::make_unexpected(to_error(error, path));
  }
}

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteStore::~SqliteStore() = default;

base::Status SqliteStore::apply(std::span<Command> batch) {
  base::Error error{base::ErrorCode::kUnavailable,
                    "the store is closed after a failed commit and has not recovered yet"};
  if (impl_->session) {
    std::vector<Reply> replies;
    replies.reserve(batch.size());
    error = impl_->commit(batch, replies);
    if (error.message.empty()) {
      impl_->recent_keys.add(impl_->session->applier->keys().take_appended());
      impl_->answer(batch, replies);
      impl_->tell_listener();
      return {};
    }
    impl_->unanswered = impl_->session->applier->batch_claims().unanswered();
    impl_->session.reset();
  }
  fail_all(batch, {base::ErrorCode::kUnavailable, error.message}, impl_->log);
  return tl::make_unexpected(std::move(error));
}

base::Status SqliteStore::recover() {
  auto& self = *impl_;
  try {
    self.session.reset();
    if (auto in_place = self.directory.check_in_place(); !in_place) return in_place;
    if (auto in_place = self.directory.check_log_in_place(); !in_place) return in_place;
    if (const int found = self.begin_session(); found != schema_version()) {
      throw_foreign("found schema version " + std::to_string(found) + ", expected " + std::to_string(schema_version()) +
                    ": the file was exchanged while the host ran");
    }
    self.put_unanswered_back();
    self.session->arm(self.surroundings());
    self.session->database.keep_log_at_close(false);
    self.recoveries.fetch_add(1, std::memory_order_release);  // after what was in doubt can be found
    return {};
  } catch (const SqliteError& error) {
    self.session.reset();
    return tl::make_unexpected(to_error(error, self.directory.database_path()));
  }
}

void SqliteStore::maintain() {
  auto& session = impl_->session;
  if (!session) return;
  session->checkpointer->run_if_due();
  session->key_archive->run_if_due();
  session->retention->run_if_due();
  try {
    session->receipt_sweep->run_if_due();
  } catch (const SqliteError& error) {
    // As after any failed commit: the next batch is refused, and the writer recovers the store.
    impl_->log.error("store.maintenance_failed", {{"error", error.what()}});
    session.reset();
  }
}

void SqliteStore::set_listener(CommitListener& listener) {
  impl_->listener = &listener;
}

const Reader& SqliteStore::reader() const {
  return impl_->reader;
}

}  // namespace herald::store
