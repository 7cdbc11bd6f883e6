// What the writer knows of every provider's queue without asking the database. Internal to the store room.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "domain/channel.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::store {

class Database;
class Statement;

struct ProviderQueue {
  std::int64_t id = 0;
  std::string name;
  std::uint64_t next_ordinal = 0;
  std::uint64_t waiting = 0;
  domain::PerChannel<std::uint64_t> waiting_in{};  // of those waiting
  std::uint64_t dispatching = 0;
  bool ordinals_given = false;  // since the last save()
  bool has_new_work = false;    // since the last publish()
  observe::Gauge* waiting_gauge = nullptr;
};

// The writer's thread only, but for depths(). Changes belong to the open transaction: after a failed commit load()
// takes them back; depths() shows what publish() showed last.
class QueueLedger {
 public:
  explicit QueueLedger(observe::Metrics& metrics) : metrics_(metrics) {}

  // Reads all from the database.
  void load(Database& database);
  // Makes a provider at its first mention.
  ProviderQueue& of(Database& database, std::string_view name);
  // Null when no message ever named it.
  ProviderQueue* find(std::string_view name);
  ProviderQueue& by_id(std::int64_t id);
  std::uint64_t waiting() const { return waiting_; }

  void add_waiting(ProviderQueue& queue, domain::Channel channel, std::uint64_t count = 1);
  void remove_waiting(ProviderQueue& queue, domain::Channel channel, std::uint64_t count = 1);

  // Writes the ordinals that were given, by what WriteStatements has for it; part of the transaction.
  void save(Statement& set_next_ordinal);
  // After the commit: shows the depths, and answers the providers that got new due work since the last time.
  std::vector<std::string> publish() HERALD_EXCLUDES(mutex_);

  // Any thread: as of the last commit.
  std::vector<QueueDepth> depths() const HERALD_EXCLUDES(mutex_);

 private:
  ProviderQueue& add(std::int64_t id, std::string_view name, std::uint64_t next_ordinal);

  observe::Metrics& metrics_;
  std::map<std::int64_t, ProviderQueue> queues_;
  std::map<std::string, ProviderQueue*, std::less<>> by_name_;
  std::uint64_t waiting_ = 0;

  mutable base::Mutex mutex_;
  std::vector<QueueDepth> published_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::store
