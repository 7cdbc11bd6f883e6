// One trial while it runs: trial.cpp leads it through its lives, judgement.cpp compares with the model.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "disk_vfs.h"
#include "load.h"
#include "observe/metrics.h"
#include "store/sqlite_store.h"
#include "store/writer.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"
#include "trial.h"
#include "watched_store.h"

namespace herald::disk {

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
  void check_health();
  void judge_answers(const std::vector<Intent>& intents, const std::vector<Answer>& answers, bool has_recovered);
  void recovered();
  void end(Ending ending);
  void verify(std::vector<Model> candidates, const char* when);
  std::vector<Model> after_restart() const;
  void last_life();
  void check_reads();
  void check_a_read();
  void violation(const std::string& what) { verdict_.violations.push_back(what); }
  std::int64_t now() const { return base::unix_ms(clock_.wall()); }
  std::string database() const { return options_.data_dir + "/herald.db"; }

  static constexpr std::chrono::seconds kKeysLast{3'600};

  const Plan plan_;
  Chance chance_;  // what goes wrong, and what a cut leaves
  Chance pace_;    // how time passes: the same whatever goes wrong, so that operations keep their numbers
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

}  // namespace herald::disk
