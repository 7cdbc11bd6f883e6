#include "tools/bench/report.h"

#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace herald::tools::bench {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> kShares{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};
constexpr std::array<std::pair<const char*, const char*>, kFaults> kFaultNames{
    {{"timeout", "timed out"},
     {"closed", "connection closed first"},
     {"malformed", "no HTTP answer"},
     {"unsent", "due, and no connection was free"}}};
constexpr int kNameWidth = 34;
constexpr int kCountWidth = 14;

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void line(std::ostream& out, const std::string& name, std::uint64_t count, const std::string& rest = {}) {
  out << std::left << std::setw(kNameWidth) << name << std::right << std::setw(kCountWidth) << grouped(count) << rest
      << "\n";
}

const char* advice(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return "  the host asks for a key with the scope that is needed: --api-key @FILE";
    case 404:
      return "  is this path the host's?";
    case 429:
      return "  rate limits: start the host with --rate-limit-per-ip-per-min 0 --rate-limit-per-sender-per-min 0";
    case 503:
      return "  its queue is full, its disk refuses, or it is draining";
    default:
      return "";
  }
}

std::string loop_of(const Options& options) {
  std::ostringstream text;
  text << options.connections << (options.connections == 1 ? " connection, " : " connections, ");
  if (options.rate) {
    text << "open loop at " << *options.rate << "/s: latency counts from when a request was due";
  } else {
    text << "closed loop: each sends when it has its answer";
  }
  return text.str();
}

}  // namespace

std::string grouped(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, ",");
  return text;
}

std::string shown_ms(std::chrono::nanoseconds duration) {
  const double ms = milliseconds(duration);
  std::ostringstream text;
  text << std::fixed << std::setprecision(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0) << ms;
  return text.str();
}

std::string report_table(const Run& run, const Tally& tally) {
  std::ostringstream out;
  out << run.description << "\n" << run.options.target.url();
  if (run.body_bytes != 0) out << ", bodies of " << run.body_bytes << " bytes";
  out << "\n" << loop_of(run.options) << "\n";
  const double seconds = std::chrono::duration<double>(tally.elapsed).count();
  out << std::fixed << std::setprecision(2) << seconds << " s";
  if (run.options.warmup.count() != 0) out << " after " << run.options.warmup.count() << " s of warm-up";
  out << ", seed " << *run.options.seed << (run.interrupted ? ", interrupted" : "") << "\n\n";

  std::ostringstream rate;
  rate << std::fixed << std::setprecision(1) << std::setw(12) << tally.good_per_second() << "/s";
  line(out, "answered 2xx", tally.good, rate.str());
  if (tally.replayed != 0) {
    line(out, "answered 2xx, replayed", tally.replayed, "  keys of an earlier run with this seed: take another");
  }
  for (const auto& [status, count] : tally.refused)
    line(out, "answered " + std::to_string(status), count, advice(status));
  for (std::size_t kind = 0; kind < kFaults; ++kind) {
    if (tally.faults.at(kind) != 0) line(out, kFaultNames.at(kind).second, tally.faults.at(kind));
  }
  if (tally.reconnected != 0) line(out, "connections opened anew", tally.reconnected);

  if (tally.latency.count() == 0) return out.str();
  out << "\nlatency in ms";
  for (const auto& [name, share] : kShares)
    out << "   " << name << " " << shown_ms(tally.latency.percentile(share));
  out << "   max " << shown_ms(tally.latency.max()) << "   mean " << shown_ms(tally.latency.mean()) << "\n";
  return out.str();
}

std::string report_json(const Run& run, const Tally& tally) {
  const auto& options = run.options;
  nlohmann::ordered_json out;
  out["url"] = options.target.url();
  out["requests"] = run.description;
  out["body_bytes"] = run.body_bytes;
  out["loop"] = options.rate ? "open" : "closed";
  out["rate_per_s"] = options.rate ? nlohmann::ordered_json(*options.rate) : nlohmann::ordered_json(nullptr);
  out["connections"] = options.connections;
  out["seed"] = *options.seed;
  out["warmup_s"] = options.warmup.count();
  out["elapsed_s"] = std::chrono::duration<double>(tally.elapsed).count();
  out["interrupted"] = run.interrupted;
  out["sent"] = tally.sent;
  out["answered_2xx"] = tally.good;
  out["per_s"] = tally.good_per_second();
  out["replayed"] = tally.replayed;
  out["other_answers"] = nlohmann::ordered_json::object();
  for (const auto& [status, count] : tally.refused)
    out["other_answers"][std::to_string(status)] = count;
  for (std::size_t kind = 0; kind < kFaults; ++kind)
    out["unanswered"][kFaultNames.at(kind).first] = tally.faults.at(kind);
  out["reconnected"] = tally.reconnected;
  for (const auto& [name, share] : kShares)
    out["latency_ms"][name] = milliseconds(tally.latency.percentile(share));
  out["latency_ms"]["max"] = milliseconds(tally.latency.max());
  out["latency_ms"]["mean"] = milliseconds(tally.latency.mean());
  return out.dump(2) + "\n";
}

}  // namespace herald::tools::bench
