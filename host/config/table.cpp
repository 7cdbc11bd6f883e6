// The settings. A row here is all that a new one takes: flag, variable, file key, range check, help and log follow.
#include <limits>

#include "config/rows.h"
#include "domain/channel.h"

namespace herald::config {
namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;
constexpr std::uint64_t kDaySecs = 86'400;
constexpr std::uint64_t kHourMs = 3'600'000;
constexpr std::uint64_t kAnySeed = std::numeric_limits<std::uint64_t>::max();

constexpr const char* kTimeoutHelp = "Percentage of dispatches that a mock provider lets time out.";
constexpr const char* kErrorHelp = "Percentage that it answers with an error.";
constexpr const char* kRatelimitHelp = "Percentage that it answers with \"rate limited\". Together at most 100.";
constexpr const char* kSeedHelp = "Starts the sequence of outcomes at a known point, so that it can be had again.";

// How a number without "+" is read, where messages are judged and where lists are filtered: one value for both.
Setting default_region() {
  Setting row = bindings::bound(
      text("default_region", Check::kRegion, "Country whose rules read a phone number without a leading +."),
      [](auto& s) -> auto& { return s.intake.default_region; });
  row.assign = [intake = row.assign](Settings& settings, const std::string& provider, const Value& value) {
    intake(settings, provider, value);
    settings.api.default_region = settings.intake.default_region;
  };
  return row;
}

void add_server(Table& table) {
  table.open(Group::kServer);
  Setting config = text("config", Check::kPath, "TOML file with settings.");
  config.in_file = false;
  table.add(
      std::move(config), [](auto& s) -> auto& { return s.config_file; });
  table.add(
      text("host", Check::kAddress, "Address to listen on; 0.0.0.0 takes requests from every network."),
      [](auto& s) -> auto& { return s.http.host; });
  table.add(
      with_alias(integer("port", 0, 65'535, "TCP port; 0 picks a free one and logs it."), "PORT"),
      [](auto& s) -> auto& { return s.http.port; });
  table.add(
      text("health_path", Check::kHealthPath, "Path of the health check, beside /livez and /readyz."),
      [](auto& s) -> auto& { return s.api.health_path; });
  table.add_bound(default_region());
}

void add_storage(Table& table) {
  table.open(Group::kStorage);
  table.add(
      text("data_dir", Check::kPath, "Folder of the database; made when it is missing. One process owns it."),
      [](auto& s) -> auto& { return s.store.data_dir; });
  table.add(
      choice("durability", {"power", "process"},
             "What an accepted message survives: loss of power (fsync before every 202), or only the end of "
             "the process."),
      [](auto& s) -> auto& { return s.store.durability; });
  table.add(
      choice("uncertain_policy", {"resend", "hold"},
             "After a crash, messages that were with a provider at that moment: send them again with the same "
             "dispatch token, or hold them for an operator."),
      [](auto& s) -> auto& { return s.store.uncertain_policy; });
  table.add(
      with_alias(integer("queue_max", 1, kBillion, "Messages that may wait; beyond it new ones get a 503."),
                 "API_MAX_QUEUE"),
      [](auto& s) -> auto& { return s.store.queue_max; });
  table.add(
      integer("retention_days", 0, 3'650,
              "Days after its last change in which a settled message is removed, with all that belongs to it; 0 "
              "keeps messages for ever."),
      [](auto& s) -> auto& { return s.store.retention; });
}

// The body's bound is the HTTP room's (it stops reading) and the API's (it says so): one value for both.
Setting max_body_bytes() {
  Setting row = bindings::bound(
      integer("max_body_bytes", 1U << 10U, 16U << 20U, "Largest request body; beyond it 413."),
      [](auto& s) -> auto& { return s.http.max_body_bytes; });
  row.assign = [http = row.assign](Settings& settings, const std::string& provider, const Value& value) {
    http(settings, provider, value);
    settings.api.max_body_bytes = settings.http.max_body_bytes;
  };
  return row;
}

// How long a key stands for its request is intake's to ask and the store's to keep: one value for both.
Setting idempotency_ttl() {
  Setting row = bindings::bound(
      integer("idempotency_ttl_secs", 1, 31 * kDaySecs, "Seconds for which an Idempotency-Key is remembered."),
      [](auto& s) -> auto& { return s.intake.idempotency_ttl; });
  row.assign = [intake = row.assign](Settings& settings, const std::string& provider, const Value& value) {
    intake(settings, provider, value);
    settings.store.idempotency_ttl = settings.intake.idempotency_ttl;
  };
  return row;
}

void add_limits(Table& table) {
  table.open(Group::kLimits);
  table.add_bound(max_body_bytes());
  table.add(
      integer("max_attachments", 0, 100, "Attachments that one message may have."),
      [](auto& s) -> auto& { return s.intake.max_attachments; });
  table.add(
      integer("rate_limit_per_ip_per_min", 0, kBillion,
              "Messages accepted from one client address in a minute; beyond it 429. 0 is off."),
      [](auto& s) -> auto& { return s.intake.rate_limit_per_ip_per_min; });
  table.add(
      integer("rate_limit_per_sender_per_min", 0, kBillion,
              "Messages accepted from one `from` in a minute; beyond it 429. 0 is off."),
      [](auto& s) -> auto& { return s.intake.rate_limit_per_sender_per_min; });
  table.add_bound(idempotency_ttl());
  table.add(
      integer("message_ttl_secs", 1, 31 * kDaySecs,
              "Seconds after its acceptance in which a message expires unless a provider took it; a message's "
              "own ttl_seconds wins."),
      [](auto& s) -> auto& { return s.intake.message_ttl; });
}

void add_delivery(Table& table) {
  table.open(Group::kDelivery);
  Setting dispatch{
      .name = "dispatch", .kind = Kind::kSwitch, .help = "off accepts and stores messages but sends none."};
  table.add(
      std::move(dispatch), [](auto& s) -> auto& { return s.delivery.dispatch; });
  table.add(
      integer("dispatch_timeout_ms", 10, 600'000, "Milliseconds that a provider has for one message."),
      [](auto& s) -> auto& { return s.delivery.dispatch_timeout; });
  table.add(
      integer("stall_secs", 1, kDaySecs,
              "Seconds without progress after which a provider's lane that has work is told of as stalled."),
      [](auto& s) -> auto& { return s.delivery.stall_after; });
  table.add(
      integer("worker_max_retries", 0, 1'000, "Attempts beyond the first; then a message has failed."),
      [](auto& s) -> auto& { return s.delivery.retry.max_retries; });
  table.add(
      integer("worker_backoff_base_ms", 1, kHourMs, "Milliseconds before the first retry; they grow from there."),
      [](auto& s) -> auto& { return s.delivery.retry.backoff_base; });
  table.add(
      integer("worker_backoff_max_ms", 1, kHourMs, "The most milliseconds before any retry."),
      [](auto& s) -> auto& { return s.delivery.retry.backoff_max; });
  table.add(
      integer("breaker_error_threshold", 1, kBillion,
              "Consecutive errors and timeouts that open a provider's breaker."),
      [](auto& s) -> auto& { return s.delivery.breaker.failure_threshold; });
  table.add(
      integer("breaker_open_secs", 1, kDaySecs, "Seconds that an open breaker waits before its first trial."),
      [](auto& s) -> auto& { return s.delivery.breaker.open_time; });
  table.add(
      integer("breaker_half_open_samples", 1, 1'000, "Successful trials that close a breaker again."),
      [](auto& s) -> auto& { return s.delivery.breaker.half_open_samples; });
}

Setting route(domain::Channel channel) {
  const std::string name(domain::to_string(channel));
  Setting row = with_default_note(text("route." + name, Check::kProviderName, "Provider that takes " + name + "."),
                                  "the first that offers the channel keeps it");
  row.assign = [channel](Settings& settings, const std::string&, const Value& value) {
    settings.providers.routes[channel] = std::get<std::string>(value);
  };
  row.initial = [](const Settings&) { return std::optional<Value>(); };
  return row;
}

void add_providers(Table& table) {
  table.open(Group::kProviders);
  table.add(
      with_default_note(text("plugin_dir", Check::kPath, "Folder whose *.so files are the providers."),
                        "the build's or the installation's own plugins"),
      [](auto& s) -> auto& { return s.providers.plugin_dir; });
  for (const auto channel : domain::kChannels)
    table.add_bound(route(channel));

  table.open(Group::kFaults);
  table.add(
      with_default_note(integer("provider_timeout_pct", 0, 100, kTimeoutHelp), "0"),
      [](auto& s) -> auto& { return s.providers.faults.timeout_pct; });
  table.add(
      with_default_note(integer("provider_error_pct", 0, 100, kErrorHelp), "0"),
      [](auto& s) -> auto& { return s.providers.faults.error_pct; });
  table.add(
      with_default_note(integer("provider_ratelimit_pct", 0, 100, kRatelimitHelp), "0"),
      [](auto& s) -> auto& { return s.providers.faults.ratelimit_pct; });
  table.add(
      integer("provider_seed", 0, kAnySeed, kSeedHelp), [](auto& s) -> auto& { return s.providers.faults.seed; });
}

void add_log(Table& table) {
  table.open(Group::kLog);
  table.add(
      choice("log_level", {"trace", "debug", "info", "warn", "error", "off"}, "The least level that is written."),
      [](auto& s) -> auto& { return s.observe.level; });
  table.add(
      choice("log_format", {"text", "json"}, "Lines for people, or one JSON object a line."),
      [](auto& s) -> auto& { return s.observe.format; });
}

std::vector<Setting> make_settings() {
  Table table;
  add_server(table);
  add_access(table);
  add_storage(table);
  add_limits(table);
  add_delivery(table);
  add_providers(table);
  add_log(table);
  return std::move(table).rows();
}

std::vector<Setting> make_provider_fields() {
  const auto field = [](Setting setting, auto providers::FaultProfile::*member) {
    setting.group = Group::kFaults;
    return bindings::bound_for_provider(
        std::move(setting), [member](Settings & s, const std::string& p) -> auto& {
          return s.providers.provider_faults[p].*member;
        });
  };
  std::vector<Setting> rows;
  rows.push_back(field(integer("timeout_pct", 0, 100, kTimeoutHelp), &providers::FaultProfile::timeout_pct));
  rows.push_back(field(integer("error_pct", 0, 100, kErrorHelp), &providers::FaultProfile::error_pct));
  rows.push_back(field(integer("ratelimit_pct", 0, 100, kRatelimitHelp), &providers::FaultProfile::ratelimit_pct));
  rows.push_back(field(integer("seed", 0, kAnySeed, kSeedHelp), &providers::FaultProfile::seed));
  Setting config{.name = "config",
                 .group = Group::kProviders,
                 .kind = Kind::kObject,
                 .secret = true,
                 .help = "The plugin's own configuration, checked against its schema."};
  rows.push_back(bindings::bound_for_provider(
      std::move(config), [](Settings & s, const std::string& p) -> auto& { return s.providers.provider_config[p]; }));
  return rows;
}

}  // namespace

const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> rows = make_settings();
  return rows;
}

const std::vector<Setting>& provider_fields() {
  static const std::vector<Setting> rows = make_provider_fields();
  return rows;
}

}  // namespace herald::config
