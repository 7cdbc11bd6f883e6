#include "trial.h"

#include <array>
#include <filesystem>
#include <sstream>
#include <utility>

#include "running_trial.h"
#include "stored.h"
#include "support/private_folder.h"

namespace herald::disk {
namespace {

namespace fs = std::filesystem;

constexpr int kBatchesOfALife = 14;
constexpr std::chrono::seconds kRecoversWithin{2};
constexpr int kBatchesSick = 3;  // that a lasting fault outlives

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

}  // namespace

Trial::Trial(const Plan& plan)
    : plan_(plan),
      chance_(plan.seed * 7'919 + plan.operation),
      pace_(plan.seed),
      vfs_(disk_, chance_),
      load_(plan.seed) {
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
  test::make_private_folder(options_.data_dir);
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
    if (!can_harm(operation, plan_.harm)) violation("operation " + std::to_string(number) + " is another than it was");
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
      watched_->stays_down = plan_.mistake == Mistake::kStaysDown;
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
    check_a_read();
    // Now and then long enough for keys to move on, and to be removed.
    const bool long_after = pace_() % 8 == 0;
    clock_.advance(long_after ? std::chrono::milliseconds{1'200'000} : std::chrono::milliseconds{200 + pace_() % 900});
    for (int steps = 0; steps < 2 && !vfs_.dead(); ++steps)
      writer_->step();  // with nothing to do: maintenance
  }
}

// Behind a fault that is over.
void Trial::check_health() {
  const bool is_over = fell_sick_ && !sick_kind_;
  clock_.advance(kRecoversWithin);
  writer_->step();
  if (is_over && !vfs_.dead() && !writer_->healthy()) violation("not healthy on a disk that is well again");
}

void Trial::batch(bool heavy) {
  const auto intents = load_.next(model_, now(), heavy);
  std::vector<Answer> answers(intents.size());
  const auto recoveries = store_->reader().recoveries();  // before the keys were looked up, in the model
  for (std::size_t index = 0; index < intents.size(); ++index) {
    auto command = command_of(intents[index], model_, book_, answers[index]);
    if (auto* accept = std::get_if<store::Accept>(&command); accept != nullptr) accept->recoveries = recoveries;
    writer_->submit(std::move(command));
  }
  watched_->forget();
  writer_->step();
  judge_answers(intents, answers, store_->reader().recoveries() != recoveries);
}

void Trial::end(Ending ending) {
  if (vfs_.dead()) ending = Ending::kCut;
  if (verdict_.restarts == 0) verdict_.before_close = verdict_.operations.size();
  if (ending == Ending::kKill || ending == Ending::kCut) vfs_.die();
  writer_.reset();
  watched_.reset();
  store_.reset();
  if (vfs_.dead() && ending != Ending::kKill) ending = Ending::kCut;
  if (ending == Ending::kCut || ending == Ending::kCloseAndCut) disk_.cut_power(chance_);
  vfs_.revive();
  ++verdict_.restarts;
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
      check_health();
    }
    const auto any = static_cast<Ending>(chance_() % kEndings);
    end(plan_.one_in == 0 ? plan_.ending : any);
  }
  if (verdict_.violations.empty()) last_life();
  for (std::size_t harm = 0; harm < kHarms; ++harm)
    verdict_.fired.at(harm) = vfs_.fired(static_cast<Harm>(harm));
  return std::move(verdict_);
}

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
