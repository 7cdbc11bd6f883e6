#include "tools/bench/bench.h"

#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <ostream>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "tools/bench/load.h"
#include "tools/bench/options.h"
#include "tools/bench/report.h"
#include "tools/bench/request_source.h"
#include "tools/exit_status.h"

namespace herald::tools::bench {
namespace {

constexpr std::chrono::seconds kShownEvery{1};
constexpr std::uint64_t kSeedMask = (std::uint64_t{1} << 53U) - 1;

base::Result<Address> resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int fault = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (fault != 0) {
    return base::fail(base::ErrorCode::kUnavailable, "the host's name \"" + target.host +
                                                         "\" is not known here: " + ::gai_strerror(fault) +
                                                         "; expected a name or an address of this network");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  Address address;
  std::memcpy(&address.bytes, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  return address;
}

// One line that is written over and over, for a person who waits.
class ProgressLine {
 public:
  ProgressLine(std::ostream* out, const Options& options) : out_(out), options_(options) {}
  ~ProgressLine() {
    if (shown_) *out_ << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& now) {
    if (out_ == nullptr || now.since_start < next_) return;
    const double since = std::chrono::duration<double>(now.since_start - last_).count();
    const auto rate = static_cast<double>(now.tally->good - last_good_) / since;
    last_ = now.since_start;
    last_good_ = now.tally->good;
    next_ = now.since_start + kShownEvery;
    shown_ = true;
    *out_ << "\r\x1b[K" << std::chrono::duration_cast<std::chrono::seconds>(now.since_start).count() << " s";
    if (!options_.requests) *out_ << " of " << (options_.warmup + options_.duration).count() << " s";
    if (now.warming) {
      *out_ << "  warming up" << std::flush;
      return;
    }
    *out_ << "  " << grouped(now.tally->good) << " answered 2xx, " << grouped(static_cast<std::uint64_t>(rate))
          << "/s now, p99 " << shown_ms(now.tally->latency.percentile(0.99)) << " ms";
    const auto others = now.tally->other_answers() + now.tally->unanswered();
    if (others != 0) *out_ << ", " << grouped(others) << " others";
    *out_ << std::flush;
  }

 private:
  std::ostream* out_;
  const Options& options_;
  std::chrono::nanoseconds last_{};
  std::chrono::nanoseconds next_{kShownEvery};
  std::uint64_t last_good_ = 0;
  bool shown_ = false;
};

int refuse(const base::Error& error, std::ostream& err) {
  err << "herald: " << error.message << "\n";
  return error.code == base::ErrorCode::kInvalid ? kWrongUsage : kFailed;
}

int write(const Run& run, const Tally& tally, std::ostream& out, std::ostream& err) {
  const std::string& file = run.options.json;
  if (file == "-") {
    out << report_json(run, tally) << std::flush;
  } else {
    out << report_table(run, tally) << std::flush;
  }
  if (!out) {
    err << "herald: standard output cannot be written; is the disk full?\n";
    return kFailed;
  }
  if (file.empty() || file == "-") return kDone;
  std::ofstream json(file);
  json << report_json(run, tally) << std::flush;
  if (json) return kDone;
  err << "herald: the report cannot be written to " << file << ": " << std::strerror(errno) << "\n";
  return kWrongUsage;
}

}  // namespace

int bench(const std::vector<std::string>& arguments, const std::function<bool()>& interrupted, std::ostream* progress,
          std::ostream& out, std::ostream& err) {
  auto options = parse_options(arguments);
  if (!options) return refuse(options.error(), err);
  if (!options->seed) options->seed = base::entropy_seed() & kSeedMask;
  base::SeededRandom random(*options->seed);
  const auto source = make_source(*options, random);
  if (!source) return refuse(source.error(), err);
  const auto address = resolve(options->target);
  if (!address) return refuse(address.error(), err);

  Run run{*options, (*source)->description(), (*source)->body_bytes(), false};
  const base::SystemClock clock;
  Load load(*options, *address, **source, clock);
  base::Result<Tally> tally;
  {
    ProgressLine line(progress, *options);
    tally = load.run({[&] { return run.interrupted = run.interrupted || interrupted(); },
                      [&line](const Progress& now) { line.show(now); }});
  }
  if (!tally) return refuse(tally.error(), err);
  const int written = write(run, *tally, out, err);
  if (written != kDone) return written;
  return tally->all_good() && tally->good > 0 ? kDone : kFailed;
}

}  // namespace herald::tools::bench
