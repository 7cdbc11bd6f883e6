// The interfaces through which rooms meet that must not know each other. Each says who implements it and who calls it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/channel.h"
#include "domain/inbound.h"
#include "domain/message.h"
#include "domain/outcome.h"

namespace herald::domain {

// Which provider takes a channel. Implemented by providers, called by intake; any thread, never blocks on a plugin.
class RouteTable {
 public:
  virtual ~RouteTable() = default;
  // The provider's name; nothing when no provider serves the channel.
  virtual std::optional<std::string> route(Channel channel) const = 0;
};

// The host's name for one message of one submit; never used twice by a lane.
using Ticket = std::uint64_t;

struct DispatchItem {
  Ticket ticket = 0;
  ClaimedMessage message;
  base::MonoTime deadline;
};

// Takes what came of each item. Implemented by lanes, called by a provider port from any thread, at most once per
// ticket; an outcome may come after the lane has given the ticket up as a timeout, and is then ignored and counted.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  virtual void complete(Ticket ticket, Outcome outcome) noexcept = 0;
};

// One provider, whichever version of it runs: its limits are asked anew for each use. Implemented by providers, called
// by its lane's thread only.
class ProviderPort {
 public:
  virtual ~ProviderPort() = default;
  virtual const std::string& name() const = 0;
  // That it takes messages of; none while no version runs. An item of another channel comes back unfinished.
  virtual ChannelSet channels() const = 0;
  // The most items that one submit may carry, and the most that may be in flight.
  virtual std::size_t max_batch() const = 0;
  virtual std::size_t max_in_flight() const = 0;
  // Calls that are inside the provider at this moment, each on a thread of its own; all of max_in_flight() while it can
  // be called for nothing more.
  virtual std::size_t calls_inside() const = 0;
  // Its carrier says later what became of a message, so the ids that it gives are kept to be found by.
  virtual bool emits_receipts() const = 0;
  // Hands the items to the provider; outcomes go to `sink`, also from inside this call. `sink` outlives the port's
  // stop(). Never throws; what cannot be submitted completes with kError.
  virtual void submit(std::vector<DispatchItem> items, OutcomeSink& sink) = 0;
};

enum class ProviderState : std::uint8_t { kActive, kStandby, kDraining, kDisabled, kRefused };
std::string_view to_string(ProviderState state);

// What an operator sees of a plugin, loaded or refused.
struct ProviderInfo {
  std::string name;  // of a refused file without a readable descriptor: the file's name
  std::string version;
  std::vector<Channel> channels;         // that it offers
  std::vector<Channel> active_channels;  // that it is the route of
  std::string file_name;                 // without its folder
  std::string sdk_version;
  std::string abi_version;  // "1.0"
  ProviderState state = ProviderState::kRefused;
  std::string reason;  // of a refusal
};

// The share of a provider's dispatches that fail on demand. What a provider's own profile leaves unset is the global
// one's.
struct FaultProfile {
  std::optional<std::uint32_t> timeout_pct;
  std::optional<std::uint32_t> error_pct;
  std::optional<std::uint32_t> ratelimit_pct;
  std::optional<std::uint64_t> seed;

  friend bool operator==(const FaultProfile&, const FaultProfile&) = default;
};

struct FaultSettings {
  FaultProfile global;
  std::map<std::string, FaultProfile> providers;  // by name
};

// A carrier's request to its provider, whatever it is.
struct WebhookRequest {
  std::string method;
  std::string path;   // behind ".../webhook"; empty or begins with "/"; as it came, percent-encoded
  std::string query;  // without "?"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string remote_address;
  std::string request_id;
};

struct WebhookResponse {
  int status = 200;
  std::string content_type;  // empty: none
  std::string body;
};

// A place in a JSON document (RFC 6901; "" is the whole of it), and what must hold there: "must be ...".
struct DocumentFault {
  std::string pointer;
  std::string message;
};

// Operators' and carriers' way to the plugins. Implemented by providers, called by api; any thread, and no call waits
// for a plugin. A `done` is called exactly once, from a thread of the providers' own or from within the call.
class ProviderAdmin {
 public:
  using Done = std::function<void(base::Status)>;
  using Configured = std::function<void(base::Status, std::vector<DocumentFault>)>;
  using Answered = std::function<void(base::Result<WebhookResponse>)>;

  virtual ~ProviderAdmin() = default;
  virtual std::vector<ProviderInfo> list() const = 0;

  // kNotFound: no provider of this name; kConflict: a refused file cannot be enabled. A disabled provider gets no
  // message, and its channels go to whoever stands by; what waits for it goes on waiting. Survives a restart.
  // kUnavailable: it could not be kept, and is undone; or the host is starting or stopping.
  virtual void set_enabled(const std::string& name, bool enabled, Done done) = 0;

  // The configuration in force, as a JSON object whose secrets read "***". kNotFound.
  virtual base::Result<std::string> config(std::string_view name) const = 0;
  // Replaces the whole configuration of a provider; a secret that is given as "***" stays what it was. A version that
  // was refused for its configuration is addressed too: it is started with what fits it, and takes over. kNotFound;
  // kInvalid with what is wrong, in words for a client and without any value, and with the places when it is the
  // schema's verdict; then the former configuration stays in force. Survives a restart. kUnavailable: it could not be
  // kept, or the plugin did not take it in time, and it is undone; or the host is starting or stopping, or too many
  // changes wait. kInternal: the plugin failed.
  virtual void configure(const std::string& name, const std::string& json, Configured done) = 0;
  // Forgets what configure kept: the settings' configuration, or none, is in force again. As above; kConflict, in words
  // for a client: the provider does not take that one.
  virtual void reset_config(const std::string& name, Configured done) = 0;

  // Fault injection as it was set last.
  virtual FaultSettings faults() const = 0;
  // The names of the providers that inject faults.
  virtual std::vector<std::string> fault_injectors() const = 0;
  // In force from the next dispatch. kInvalid, in words for a client, when a name is of no provider that injects faults
  // or the percentages of one, with what falls back to the global ones, do not fit together. kUnavailable, kInternal:
  // as above.
  virtual void set_faults(FaultSettings settings, Done done) = 0;

  // Hands a carrier's request to its provider and answers what that says, once all that it emitted is committed.
  // kNotFound: no such provider, or it takes no webhooks; kInvalid, in words for a client: what it emitted breaks the
  // rules for messages; kUnavailable: it is busy, stopped or too slow, or what it emitted could not be stored;
  // kInternal: it failed.
  virtual void webhook(const std::string& name, WebhookRequest request, Answered answered) = 0;
};

// Takes what carriers bring. Implemented by intake, called by providers; any thread, never blocks.
class InboundSink {
 public:
  virtual ~InboundSink() = default;
  // `done` is called exactly once: after the commit of everything, on the writer's thread; or at once with kInvalid (a
  // message breaks the rules; nothing is stored) or kUnavailable. It must not block or throw.
  virtual void receive(CarrierEvents events, std::function<void(base::Status)> done) = 0;
};

// The lanes through which providers are called: gives, holds back and takes away one of each provider. Implemented by
// app, called by providers; any thread.
class LaneControl {
 public:
  virtual ~LaneControl() = default;
  // A paused lane claims nothing; what it has goes on. Unknown names are remembered for a lane that comes.
  virtual void set_paused(std::string_view provider, bool paused) = 0;

  // Gives the provider a lane under its name. `port` is borrowed until detach has passed, or until the host has
  // stopped. kConflict: there is one of this name; kUnavailable: the host stops.
  virtual base::Status attach(ProviderPort& port) = 0;
  // From here on the lane claims nothing, and what it has not handed over goes back to the queue. Does not wait, and
  // cannot be undone. Nothing happens to an unknown name.
  virtual void begin_detach(std::string_view provider) = 0;
  // After begin_detach: nothing of the lane's is in flight, and the store knows what became of everything. True also
  // when there is no such lane.
  virtual bool idle(std::string_view provider) const = 0;
  // Ends the lane that is idle after begin_detach, and waits for its thread. kNotFound: there is none; kConflict: it
  // still has work, and goes on; kUnavailable: its thread did not end within `bound`, and the port must live on.
  virtual base::Status detach(std::string_view provider, std::chrono::milliseconds bound) = 0;
};

// Small things that operators set while the host runs and that outlive it. Implemented by app over the store.
class KeptSettings {
 public:
  virtual ~KeptSettings() = default;
  // All of them, as of the start.
  virtual std::map<std::string, std::string> load() const = 0;
  // `done` is called once, on the writer's thread, after the commit; it must not block. Any thread.
  virtual void keep(const std::string& key, const std::string& value, std::function<void(base::Status)> done) = 0;
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };
std::string_view to_string(BreakerState state);

// A lane as it stands at one moment.
struct LaneView {
  BreakerState breaker = BreakerState::kClosed;
  std::uint64_t consecutive_failures = 0;
  std::optional<WallTime> opened_at;
  std::optional<WallTime> retry_at;     // when an open breaker admits its next trial
  std::optional<WallTime> paced_until;  // set while the provider's own Retry-After holds the lane
  std::uint64_t in_flight = 0;
  bool paused = false;                      // held back by an operator: it claims nothing
  ChannelSet channels = ChannelSet::all();  // that the provider takes messages of; those of others wait
};

// Implemented by delivery, called by api; any thread.
class BreakerView {
 public:
  virtual ~BreakerView() = default;
  // Nothing when no lane of that name runs.
  virtual std::optional<LaneView> lane(std::string_view provider) const = 0;
};

}  // namespace herald::domain
