// Reads the exposition back by the rules of the Prometheus text format 0.0.4, so that what is checked is what a scraper
// would see.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "observe/metrics.h"

namespace herald::observe {
namespace {

struct Family {
  std::string help;
  std::string type;
  std::map<std::string, double> samples;  // by name with labels, as written
  std::vector<std::string> order;
};

struct Exposition {
  std::map<std::string, Family> families;
  std::vector<std::string> faults;
};

// The family that a sample belongs to: its own name, or that of a histogram whose suffix it carries.
std::string family_of(const Exposition& read, const std::string& name) {
  for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    const auto found = read.families.find(name.substr(0, name.size() - suffix.size()));
    if (found != read.families.end() && found->second.type == "histogram") return found->first;
  }
  return name;
}

bool is_metric_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:") == name.npos;
}

void read_comment(Exposition& read, const std::string& line) {
  const std::string kind = line.substr(0, 7);
  const auto name_end = line.find(' ', 7);
  if ((kind != "# HELP " && kind != "# TYPE ") || name_end == std::string::npos ||
      !is_metric_name(line.substr(7, name_end - 7))) {
    read.faults.push_back("neither HELP nor TYPE: " + line);
    return;
  }
  Family& family = read.families[line.substr(7, name_end - 7)];
  if (!family.samples.empty()) read.faults.push_back("comment behind its samples: " + line);
  std::string& slot = kind == "# HELP " ? family.help : family.type;
  if (!slot.empty()) read.faults.push_back("twice: " + line);
  slot = line.substr(name_end + 1);
}

// Where the value of a label ends that begins at `at`, behind its opening quote; npos when it never does.
std::size_t label_value_end(const std::string& line, std::size_t at) {
  for (; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] != '\\') continue;
    ++at;
    if (at == line.size() || std::string("\"\\n").find(line[at]) == std::string::npos) return std::string::npos;
  }
  return at < line.size() ? at : std::string::npos;
}

// Where a sample's labels end, which begin at `at` with a brace; npos when they are no labels.
std::size_t labels_end(const std::string& line, std::size_t at) {
  while (line[at] != '}') {
    const auto equals = line.find("=\"", ++at);
    if (equals == std::string::npos || !is_metric_name(line.substr(at, equals - at))) return std::string::npos;
    at = label_value_end(line, equals + 2);
    if (at == std::string::npos || ++at == line.size() || (line[at] != ',' && line[at] != '}'))
      return std::string::npos;
  }
  return at + 1;
}

void read_sample(Exposition& read, const std::string& line) {
  const auto name_end = std::min(line.find_first_of("{ "), line.size());
  const std::string name = line.substr(0, name_end);
  const auto key_end = name_end < line.size() && line[name_end] == '{' ? labels_end(line, name_end) : name_end;
  if (!is_metric_name(name) || key_end == std::string::npos || key_end + 1 >= line.size() || line[key_end] != ' ') {
    read.faults.push_back("no sample: " + line);
    return;
  }
  const auto found = read.families.find(family_of(read, name));
  if (found == read.families.end() || found->second.type.empty()) {
    read.faults.push_back("no TYPE before: " + line);
    return;
  }
  char* end = nullptr;
  const double number = std::strtod(line.c_str() + key_end + 1, &end);
  if (*end != '\0') read.faults.push_back("no number: " + line);
  const std::string key = line.substr(0, key_end);
  if (!found->second.samples.emplace(key, number).second) read.faults.push_back("twice: " + line);
  found->second.order.push_back(key);
}

Exposition read_exposition(const std::string& text) {
  Exposition read;
  if (text.empty() || text.back() != '\n') read.faults.emplace_back("does not end with a newline");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line[0] == '#')
      read_comment(read, line);
    else
      read_sample(read, line);
  }
  return read;
}

class PrometheusText : public ::testing::Test {
 protected:
  Exposition scrape() const {
    Exposition read = read_exposition(metrics_.prometheus_text());
    EXPECT_TRUE(read.faults.empty()) << read.faults.front();
    return read;
  }
  double sample(const std::string& family, const std::string& key) const {
    const Exposition read = scrape();
    return read.families.at(family).samples.at(key);
  }

  Metrics metrics_;
};

TEST(PrometheusReader, NoticesWhatAScraperWouldRefuse) {
  for (const auto* text :
       {"a 1", "a 1\n", "# TYPE a counter\na one\n", "# TYPE a counter\na{b=c} 1\n",
        "# TYPE a counter\na{b=\"x\"y\"} 1\n", "# TYPE a counter\na{b=\"x} 1\n", "# TYPE a counter\na{b=\"x\",} 1\n",
        "# TYPE a counter\na{b=\"\\t\"} 1\n", "# TYPE a counter\na{1=\"x\"} 1\n", "# TYPE a counter\na{\n",
        "# TYPE a counter\na \n", "# TYPE a counter\na 1\na 1\n", "# TYPE a counter\na 1\n# TYPE a gauge\n",
        "# HELP a one\ntwo\n", "hello\n"})
    EXPECT_FALSE(read_exposition(text).faults.empty()) << text;
  EXPECT_TRUE(read_exposition("# HELP a x\n# TYPE a counter\na{b=\"c\\\"d\"} 1e3\n").faults.empty());
}

TEST_F(PrometheusText, FollowsTheNamingConventions) {
  metrics_.provider("email");
  const Exposition read = scrape();
  for (const auto& entry : read.families) {
    const Family& family = entry.second;
    const bool total = entry.first.size() > 6 && entry.first.substr(entry.first.size() - 6) == "_total";
    EXPECT_EQ(total, family.type == "counter") << entry.first;
    EXPECT_FALSE(family.help.empty()) << entry.first;
    EXPECT_FALSE(family.samples.empty()) << entry.first;
    const bool own = entry.first.rfind("herald_", 0) == 0;
    EXPECT_TRUE(own || entry.first.rfind("process_", 0) == 0) << entry.first;
    const bool seconds = entry.first.find("_seconds") != std::string::npos;
    EXPECT_TRUE(seconds || family.type != "histogram") << entry.first;
  }
}

TEST_F(PrometheusText, ShowsEveryInstrumentUnderANameOfItsOwn) {
  const std::vector<std::pair<Counter*, std::string>> counters{
      {&metrics_.accepted, "herald_messages_accepted_total"},
      {&metrics_.refused_invalid, "herald_requests_invalid_total"},
      {&metrics_.rate_limited, "herald_requests_rate_limited_total"},
      {&metrics_.invalid_routing, "herald_invalid_routing_total"},
      {&metrics_.queue_full, "herald_queue_full_total"},
      {&metrics_.inbound_accepted, "herald_inbound_accepted_total"},
      {&metrics_.inbound_duplicate, "herald_inbound_duplicate_total"},
      {&metrics_.inbound_refused, "herald_inbound_refused_total"},
      {&metrics_.receipts_applied, "herald_receipts_applied_total"},
      {&metrics_.receipts_parked, "herald_receipts_parked_total"},
      {&metrics_.receipts_ignored, "herald_receipts_ignored_total"},
      {&metrics_.http_requests, "herald_http_requests_total"},
      {&metrics_.http_framing_errors, "herald_http_framing_errors_total"},
      {&metrics_.commits, "herald_store_commits_total"},
      {&metrics_.commit_failures, "herald_store_commit_failures_total"},
      {&metrics_.commands, "herald_store_commands_total"},
      {&metrics_.checkpoints, "herald_store_checkpoints_total"},
      {&metrics_.expired, "herald_messages_expired_total"},
      {&metrics_.retries, "herald_dispatch_retries_total"}};
  std::uint64_t value = 10;
  for (const auto& counter : counters)
    counter.first->add(value++);
  metrics_.http_connections.set(3);
  metrics_.wal_bytes.set(4096);
  value = 10;
  for (const auto& counter : counters)
    EXPECT_EQ(sample(counter.second, counter.second), static_cast<double>(value++)) << counter.second;
  EXPECT_EQ(sample("herald_http_connections", "herald_http_connections"), 3);
  EXPECT_EQ(sample("herald_store_wal_bytes", "herald_store_wal_bytes"), 4096);
}

TEST_F(PrometheusText, LabelsAProvidersInstruments) {
  ProviderMetrics& sms = metrics_.provider("sms-mms");
  const std::vector<std::pair<Counter*, std::string>> counters{
      {&sms.attempts, "herald_dispatch_attempts_total"},
      {&sms.success, "herald_dispatch_success_total"},
      {&sms.rate_limited, "herald_dispatch_rate_limited_total"},
      {&sms.error, "herald_dispatch_error_total"},
      {&sms.timeout, "herald_dispatch_timeout_total"},
      {&sms.rejected, "herald_dispatch_rejected_total"},
      {&sms.breaker_transitions, "herald_breaker_transitions_total"},
      {&sms.late_completions, "herald_dispatch_late_completions_total"},
      {&sms.invalid_completions, "herald_dispatch_invalid_completions_total"}};
  std::uint64_t value = 10;
  for (const auto& counter : counters)
    counter.first->add(value++);
  sms.breaker_state.set(2);
  sms.queue_waiting.set(7);
  sms.in_flight.set(1);
  metrics_.provider("email");
  value = 10;
  for (const auto& counter : counters) {
    EXPECT_EQ(sample(counter.second, counter.second + "{provider=\"sms-mms\"}"), static_cast<double>(value++));
    EXPECT_EQ(sample(counter.second, counter.second + "{provider=\"email\"}"), 0);
  }
  EXPECT_EQ(sample("herald_breaker_state", "herald_breaker_state{provider=\"sms-mms\"}"), 2);
  EXPECT_EQ(sample("herald_queue_waiting", "herald_queue_waiting{provider=\"sms-mms\"}"), 7);
  EXPECT_EQ(sample("herald_dispatch_in_flight", "herald_dispatch_in_flight{provider=\"sms-mms\"}"), 1);
}

TEST_F(PrometheusText, ShowsNoFamilyOfProvidersWithoutAProvider) {
  EXPECT_EQ(scrape().families.count("herald_dispatch_attempts_total"), 0U);
}

TEST_F(PrometheusText, CumulatesHistograms) {
  metrics_.commit_latency.observe(std::chrono::microseconds{400});
  metrics_.commit_latency.observe(std::chrono::milliseconds{2});
  metrics_.commit_latency.observe(std::chrono::seconds{60});
  const Exposition read = scrape();
  const Family& family = read.families.at("herald_store_commit_duration_seconds");
  EXPECT_EQ(family.type, "histogram");
  const auto bucket = [&family](const std::string& bound) {
    return family.samples.at("herald_store_commit_duration_seconds_bucket{le=\"" + bound + "\"}");
  };
  EXPECT_EQ(bucket("0.0005"), 1);
  EXPECT_EQ(bucket("0.001"), 1);
  EXPECT_EQ(bucket("0.0025"), 2);
  EXPECT_EQ(bucket("10"), 2);
  EXPECT_EQ(bucket("+Inf"), 3);
  EXPECT_EQ(family.samples.at("herald_store_commit_duration_seconds_count"), 3);
  EXPECT_NEAR(family.samples.at("herald_store_commit_duration_seconds_sum"), 60.0024, 1e-9);
}

TEST_F(PrometheusText, EveryHistogramEndsWithInfinityAndNeverFalls) {
  metrics_.provider("email").dispatch_latency.observe(std::chrono::milliseconds{30});
  metrics_.http_latency.observe(std::chrono::milliseconds{30});
  const Exposition read = scrape();
  for (const auto& entry : read.families) {
    const Family& family = entry.second;
    if (family.type != "histogram") continue;
    double before = 0;
    std::size_t buckets = 0;
    for (const auto& key : family.order) {
      if (key.find("_bucket{") == std::string::npos) continue;
      EXPECT_GE(family.samples.at(key), before) << key;
      before = family.samples.at(key);
      ++buckets;
      EXPECT_EQ(buckets == Histogram::kBounds.size() + 1, key.find("le=\"+Inf\"") != std::string::npos) << key;
    }
    EXPECT_EQ(buckets, Histogram::kBounds.size() + 1) << entry.first;
  }
}

TEST_F(PrometheusText, ShowsPluginsMetricsWithTheirProvider) {
  metrics_.plugin_metric("email", Metrics::PluginMetricKind::kCounter, "bounces", "Mails that came back.")->record(2.5);
  metrics_.plugin_metric("sms-mms", Metrics::PluginMetricKind::kCounter, "bounces", "other")->record(1);
  metrics_.plugin_metric("email", Metrics::PluginMetricKind::kGauge, "depth", "Queue.")->record(-4);
  const Exposition read = scrape();
  EXPECT_EQ(read.families.at("herald_plugin_bounces").type, "counter");
  EXPECT_EQ(read.families.at("herald_plugin_bounces").help, "Mails that came back.");
  EXPECT_EQ(read.families.at("herald_plugin_bounces").samples.at("herald_plugin_bounces{provider=\"email\"}"), 2.5);
  EXPECT_EQ(read.families.at("herald_plugin_bounces").samples.at("herald_plugin_bounces{provider=\"sms-mms\"}"), 1);
  EXPECT_EQ(read.families.at("herald_plugin_depth").type, "gauge");
  EXPECT_EQ(read.families.at("herald_plugin_depth").samples.at("herald_plugin_depth{provider=\"email\"}"), -4);
}

TEST_F(PrometheusText, APluginsWordsCannotForgeAFamily) {
  metrics_.plugin_metric("p\"}\n", Metrics::PluginMetricKind::kGauge, "x", "a\n# TYPE up gauge\nup 1\\")->record(1);
  const Exposition read = scrape();
  EXPECT_EQ(read.families.count("up"), 0U);
  EXPECT_EQ(read.families.at("herald_plugin_x").help, R"(a\n# TYPE up gauge\nup 1\\)");
}

TEST_F(PrometheusText, ShowsTheProcess) {
  EXPECT_GT(sample("process_resident_memory_bytes", "process_resident_memory_bytes"), 0);
  EXPECT_GT(sample("process_open_fds", "process_open_fds"), 0);
  EXPECT_GT(sample("process_start_time_seconds", "process_start_time_seconds"), 0);
}

}  // namespace
}  // namespace herald::observe
