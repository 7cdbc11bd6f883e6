#include "trial.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "load.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"
#include "store/writer.h"
#include "stored.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"
#include "watched_store.h"

namespace herald::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kKeysLast{3'600};
constexpr int kBatchesOfALife = 14;
constexpr int kBatchesSick = 3;  // that a lasting fault outlives

class Trial {
 public:
  explicit Trial(const Plan& plan);
  Verdict run();

 private:
  void script_life(bool faulty);
  Harm next_harm(Operation operation);
  bool open();
  void live(int batches);
  void batch(bool heavy);
  void judge_answers(const std::vector<Intent>& intents, const std::vector<Answer>& answers);
  void recovered();
  void end(Ending ending);
  void verify(std::vector<Model> candidates, const char* when);
  std::vector<Model> after_restart() const;
  void last_life();
  void check_reads();
  void violation(const std::string& what) { verdict_.violations.push_back(what); }
  std::int64_t now() const { return base::unix_ms(clock_.wall()); }
  std::string database() const { return options_.data_dir + "/herald.db"; }

  const Plan plan_;
  Chance chance_;
  test::TempDir folder_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  store::Options options_;
  CrashDisk disk_;
  DiskVfs vfs_;
  Load load_;
  Model model_;
  Book book_;
  // A batch whose commit was told as failed: it is there as a whole or not at all, and nobody knows yet.
  std::optional<std::vector<Intent>> doubt_;
  Verdict verdict_;

  std::uint64_t operations_ = 0;
  int sick_for_ = 0;
  bool fell_sick_ = false;
  std::optional<Operation> sick_kind_;

  observe::Metrics metrics_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<WatchedStore> watched_;
  std::unique_ptr<store::Writer> writer_;
};

DiskVfs::Honesty honesty_of(Mistake mistake) {
  switch (mistake) {
    case Mistake::kDiskLies:
      return DiskVfs::Honesty::kLies;
    case Mistake::kFailedSyncIgnored:
      return DiskVfs::Honesty::kHidesFailedSyncs;
    case Mistake::kFailedSyncRetried:
      return DiskVfs::Honesty::kRetriesFailedSyncs;
    default:
      return DiskVfs::Honesty::kHonest;
  }
}

Trial::Trial(const Plan& plan)
    : plan_(plan), chance_(plan.seed * 7'919 + plan.operation), vfs_(disk_, chance_), load_(plan.seed) {
  options_.data_dir = (folder_ / "data").string();
  options_.vfs = vfs_.name();
  options_.idempotency_ttl = kKeysLast;
  if (plan.hold) options_.uncertain_policy = store::UncertainPolicy::kHold;
  vfs_.honesty = honesty_of(plan.mistake);
  if (plan.mistake == Mistake::kNoSyncOfCommits) options_.durability = store::Durability::kProcess;
  vfs_.delayed = [this] {
    if (!watched_ || !watched_->committing()) return;
    clock_.advance(store::Writer::kSlowCommit);
    if (writer_->healthy()) violation("healthy while a commit is stuck");
  };
  fs::create_directories(options_.data_dir);
  if (plan.first_start) return;
  static const test::TempDir made;  // an empty store, for the life of the process
  const auto sound = (made / "data").string();
  if (!fs::exists(sound)) {
    store::Options options;
    options.data_dir = sound;
    if (!store::SqliteStore::open(options, clock_, log_, metrics_)) violation("an empty store cannot be made");
  }
  fs::copy_file(fs::path(sound) / "herald.db", database());
}

void Trial::script_life(bool faulty) {
  if (!faulty) {
    vfs_.script = nullptr;
    return;
  }
  vfs_.script = [this](Operation operation) { return next_harm(operation); };
}

Harm Trial::next_harm(Operation operation) {
  const auto number = operations_++;
  if (plan_.one_in == 0 && verdict_.restarts == 0) verdict_.operations.push_back(operation);
  if (sick_kind_) return *sick_kind_ == operation && can_harm(operation, plan_.harm) ? plan_.harm : Harm::kNone;
  if (plan_.one_in == 0) {
    if (number != plan_.operation) return Harm::kNone;
    fell_sick_ = true;
    if (plan_.lasting) sick_kind_ = operation;
    return plan_.harm;
  }
  const bool rare = operation == Operation::kRead || operation == Operation::kShmLock;
  if (chance_() % (rare ? 8 * plan_.one_in : plan_.one_in) != 0) return Harm::kNone;
  const auto harm = static_cast<Harm>(1 + chance_() % (kHarms - 1));
  if (!can_harm(operation, harm)) return Harm::kNone;
  const bool ends = harm == Harm::kCut || harm == Harm::kCutBehind;
  return ends && chance_() % 4 != 0 ? Harm::kError : harm;
}

// False when the power went, or the disk refused again and again.
bool Trial::open() {
  for (int tries = 0; tries < 12 && !vfs_.dead(); ++tries) {
    auto opened = store::SqliteStore::open(options_, clock_, log_, metrics_);
    if (opened) {
      store_ = std::move(*opened);
      watched_ = std::make_unique<WatchedStore>(*store_, plan_.mistake == Mistake::kAnswersBeforeCommit);
      watched_->recovered = [this] { recovered(); };
      writer_ = std::make_unique<store::Writer>(*watched_, clock_, log_, metrics_, options_.max_batch);
      return true;
    }
    if (opened.error().code == base::ErrorCode::kCorrupt) violation("refused as damaged: " + opened.error().message);
    if (sick_kind_ && tries >= kBatchesSick) sick_kind_.reset();
    clock_.advance(std::chrono::seconds{1});
  }
  return false;
}

void Trial::live(int batches) {
  for (int count = 0; count < batches && !vfs_.dead(); ++count) {
    if (sick_kind_ && fell_sick_ && ++sick_for_ > kBatchesSick) sick_kind_.reset();
    batch(plan_.heavy && count % 4 == 1);
    // Now and then long enough for keys to move on, and to be removed.
    const bool long_after = chance_() % 8 == 0;
    clock_.advance(long_after ? std::chrono::milliseconds{1'200'000}
                              : std::chrono::milliseconds{200 + chance_() % 900});
    for (int steps = 0; steps < 2 && !vfs_.dead(); ++steps)
      writer_->step();  // with nothing to do: maintenance
  }
}

void Trial::batch(bool heavy) {
  const auto intents = load_.next(model_, now(), heavy);
  std::vector<Answer> answers(intents.size());
  for (std::size_t index = 0; index < intents.size(); ++index)
    writer_->submit(command_of(intents[index], model_, book_, answers[index]));
  watched_->forget();
  writer_->step();
  judge_answers(intents, answers);
}

void Trial::judge_answers(const std::vector<Intent>& intents, const std::vector<Answer>& answers) {
  const bool committed = watched_->applied() && !watched_->failed();
  for (std::size_t index = 0; index < intents.size(); ++index) {
    const auto& answer = answers[index];
    if (answer.calls != 1) violation("done was called " + std::to_string(answer.calls) + " times");
    if (committed && answer.unavailable) violation("refused after a commit that succeeded: " + answer.text);
    if (!committed && !answer.unavailable && plan_.mistake == Mistake::kNone)
      violation("acknowledged without a commit: " + answer.text);
    if (answer.unavailable) {
      ++verdict_.refused;
      load_.refused(intents[index]);
      continue;
    }
    ++verdict_.acknowledged;
    const auto expected = model_.apply(intents[index]);
    if (committed && answer.text != expected)
      violation("command " + std::to_string(static_cast<int>(intents[index].kind)) + " answered \"" + answer.text +
                "\", expected \"" + expected + "\"");
  }
  if (!watched_->failed()) return;
  ++verdict_.failed_commits;
  doubt_ = intents;
}

// Where a batch is in doubt: as before it, as behind it, and as behind it without its claims, as a recovery leaves it.
std::vector<Model> with_doubt(const Model& model, const std::optional<std::vector<Intent>>& doubt) {
  std::vector<Model> candidates{model};
  if (!doubt) return candidates;
  auto behind = model;
  for (const auto& intent : *doubt)
    behind.apply(intent);
  auto put_back = behind;
  put_back.put_back(model);
  candidates.push_back(std::move(put_back));
  candidates.push_back(std::move(behind));
  return candidates;
}

// From within a step: the next batch comes behind it.
void Trial::recovered() {
  ++verdict_.recoveries;
  auto candidates = with_doubt(model_, doubt_);
  if (candidates.size() > 1) candidates.pop_back();  // the recovery puts claims back that nobody was told of
  verify(std::move(candidates), "after a recovery");
}

std::vector<Model> Trial::after_restart() const {
  auto candidates = with_doubt(model_, doubt_);
  for (auto& candidate : candidates)
    candidate.restart(plan_.hold);
  return candidates;
}

void Trial::verify(std::vector<Model> candidates, const char* when) {
  const auto since = base::unix_ms(clock_.wall() - kKeysLast);
  Stored stored = read_stored(database());
  for (const auto& fault : stored.faults)
    violation(std::string(when) + ": " + fault);
  for (const auto& [key, used] : stored.used) {
    if (used < since) stored.state.keys.erase(key);
  }
  for (std::size_t index = 0; index < candidates.size(); ++index) {
    if (!(candidates[index].state(since) == stored.state)) continue;
    if (index > 0) ++verdict_.durable_after_all;
    model_ = std::move(candidates[index]);
    doubt_.reset();
    for (const auto& [token, id] : stored.ids) {
      const auto known = book_.ids.find(token);
      if (known != book_.ids.end() && known->second.value() != id) violation(token + " has another id");
      book_.add(token, domain::MessageId{id});
    }
    return;
  }
  violation(std::string(when) + ", of " + std::to_string(candidates.size()) + " states that may be:\n" +
            difference(candidates.front().state(since), stored.state));
  doubt_.reset();
}

void Trial::end(Ending ending) {
  if (vfs_.dead()) ending = Ending::kCut;
  if (ending == Ending::kKill || ending == Ending::kCut) vfs_.die();
  writer_.reset();
  watched_.reset();
  store_.reset();
  if (vfs_.dead() && ending != Ending::kKill) ending = Ending::kCut;
  if (ending == Ending::kCut || ending == Ending::kCloseAndCut) disk_.cut_power(chance_);
  vfs_.revive();
  ++verdict_.restarts;
}

void Trial::check_reads() {
  const auto& reader = store_->reader();
  for (const auto& [token, message] : model_.messages()) {
    const auto found = reader.find(book_.ids.at(token));
    if (!found) {
      violation("the store does not find " + token + ": " + found.error().message);
    } else if (found->status != message.status) {
      violation("the store shows " + token + " as " + std::string(domain::to_string(found->status)));
    }
  }
  const auto since = clock_.wall() - kKeysLast;
  for (const auto& [key, token] : model_.state(base::unix_ms(since)).keys) {
    const auto use = reader.find_key(request_key(key).key, since);
    if (!use || !*use || (*use)->id.value() != book_.ids.at(token).value())
      violation("the store does not find the key of " + token);
  }
}

// On a sound disk: everything is there, and work goes on.
void Trial::last_life() {
  script_life(false);
  sick_kind_.reset();
  if (!open()) {
    violation("the store does not open on a sound disk");
    return;
  }
  verify(after_restart(), "after the restart");
  if (!verdict_.violations.empty()) return;
  check_reads();
  const auto failed = verdict_.failed_commits;
  live(4);
  if (verdict_.failed_commits != failed) violation("a commit failed on a sound disk");
  end(Ending::kClose);
  if (fs::exists(database() + "-wal")) violation("a store that was closed left its log");
  if (!log_.of("store.message_set_aside").empty()) violation("a message was set aside as damaged");
  if (const auto found = integrity_of(database()); found != "ok") violation("integrity_check: " + found);
  verify({model_}, "after the close");
}

Verdict Trial::run() {
  const int lives = plan_.one_in == 0 ? 1 : 3;
  for (int life = 0; life < lives && verdict_.violations.empty(); ++life) {
    script_life(true);
    if (open()) {
      if (verdict_.restarts > 0) verify(after_restart(), "in the next life");
      live(kBatchesOfALife);
    }
    const auto any = static_cast<Ending>(chance_() % kEndings);
    end(plan_.one_in == 0 ? plan_.ending : any);
  }
  if (verdict_.violations.empty()) last_life();
  for (std::size_t harm = 0; harm < kHarms; ++harm)
    verdict_.fired.at(harm) = vfs_.fired(static_cast<Harm>(harm));
  return std::move(verdict_);
}

}  // namespace

const char* to_string(Ending ending) {
  constexpr std::array kNames{"close", "kill", "cut", "close-and-cut"};
  return kNames.at(static_cast<std::size_t>(ending));
}

std::string Plan::text() const {
  std::ostringstream out;
  out << "--trial " << seed << ',' << first_start << ',' << heavy << ',' << hold << ',' << static_cast<int>(ending)
      << ',' << static_cast<int>(mistake) << ',' << (operation == kNever ? "never" : std::to_string(operation)) << ','
      << static_cast<int>(harm) << ',' << lasting << ',' << one_in << "  (" << to_string(harm) << ", then "
      << to_string(ending) << ')';
  return out.str();
}

Verdict run_trial(const Plan& plan) {
  return Trial(plan).run();
}

}  // namespace herald::disk
