#include "tools/back_up.h"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "base/wakeup.h"
#include "store/backup.h"
#include "tools/exit_status.h"

namespace herald::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kShownEvery{200};

std::string megabytes(std::uint64_t bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / 1e6 << " MB";
  return text.str();
}

// Rests for as long as it worked, so that the host on the same disk and cores hardly notices.
class Pace {
 public:
  void rest() {
    const auto worked = Clock::now() - began_;
    resting_.wait_for(std::min<Clock::duration>(worked, kLongestRest));
    began_ = Clock::now();
  }

 private:
  static constexpr std::chrono::milliseconds kLongestRest{100};
  Clock::time_point began_ = Clock::now();
  base::Wakeup resting_;
};

// One line that is written over and over, for a person who waits.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream* out) : out_(out) {}
  ~ProgressLine() {
    if (shown_) *out_ << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const store::BackupProgress& progress) {
    const auto now = Clock::now();
    if (out_ == nullptr || now < next_) return;
    next_ = now + kShownEvery;
    shown_ = true;
    const bool copied = progress.bytes_done == progress.bytes_total;
    *out_ << "\r\x1b[K" << megabytes(progress.bytes_done) << " of " << megabytes(progress.bytes_total)
          << (copied ? " copied, checking the copy" : " copied") << std::flush;
  }

 private:
  std::ostream* out_;
  Clock::time_point next_{};
  bool shown_ = false;
};

base::Result<store::BackupReport> write_backup(const config::Settings& settings, const BackupCommand& command,
                                               const std::function<bool()>& interrupted, std::ostream* progress) {
  ProgressLine line(progress);
  Pace pace;
  return store::back_up({settings.store.data_dir, command.file, command.overwrite},
                        [&line, &pace, &interrupted](const store::BackupProgress& now) {
                          line.show(now);
                          pace.rest();
                          return !interrupted();
                        });
}

}  // namespace

int back_up(const config::Settings& settings, const BackupCommand& command, const std::function<bool()>& interrupted,
            std::ostream* progress, std::ostream& out, std::ostream& err) {
  for (const auto& warning : settings.warnings)
    err << "herald: " << warning << "\n";
  const auto began = Clock::now();
  const auto report = write_backup(settings, command, interrupted, progress);
  if (!report) {
    err << "herald: " << report.error().message << "\n";
    return report.error().code == base::ErrorCode::kInvalid ? kWrongUsage : kFailed;
  }
  const std::chrono::duration<double> took = Clock::now() - began;
  out << "backed up " << settings.store.data_dir << " to " << command.file << ": " << megabytes(report->bytes)
      << ", checked, schema version " << report->schema_version << ", in " << std::fixed << std::setprecision(1)
      << took.count() << " s\n"
      << std::flush;
  return kDone;
}

}  // namespace herald::tools
