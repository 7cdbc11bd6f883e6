#include "store/queue_ledger.h"

#include "store/database.h"
#include "store/message_rows.h"
#include "store/statement.h"

namespace herald::store {

void QueueLedger::load(Database& database) {
  queues_.clear();
  by_name_.clear();
  waiting_ = 0;
  Statement providers(database, "SELECT id, name, next_ordinal FROM provider ORDER BY id");
  while (providers.step()) {
    add(providers.number(0), providers.text(1), static_cast<std::uint64_t>(providers.number(2)));
  }
  Statement ready(database, "SELECT provider_id, channel, count(*) FROM ready GROUP BY provider_id, channel");
  while (ready.step()) {
    add_waiting(by_id(ready.number(0)), queue_channel_of(ready.number(1)), static_cast<std::uint64_t>(ready.number(2)));
  }
  Statement inflight(database, "SELECT provider_id, count(*) FROM inflight GROUP BY provider_id");
  while (inflight.step()) {
    by_id(inflight.number(0)).dispatching = static_cast<std::uint64_t>(inflight.number(1));
  }
}

ProviderQueue& QueueLedger::of(Database& database, std::string_view name) {
  if (auto* known = find(name); known != nullptr) return *known;
  Statement insert(database, "INSERT INTO provider(name, next_ordinal) VALUES(?1, 0) RETURNING id");
  insert.bind(1, name).step();
  return add(insert.number(0), name, 0);
}

ProviderQueue* QueueLedger::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

ProviderQueue& QueueLedger::by_id(std::int64_t id) {
  const auto found = queues_.find(id);
  if (found == queues_.end()) throw_corrupt("a row names provider " + std::to_string(id) + ", which is not there");
  return found->second;
}

void QueueLedger::add_waiting(ProviderQueue& queue, domain::Channel channel, std::uint64_t count) {
  queue.waiting += count;
  queue.waiting_in[channel] += count;
  waiting_ += count;
}

void QueueLedger::remove_waiting(ProviderQueue& queue, domain::Channel channel, std::uint64_t count) {
  queue.waiting -= count;
  queue.waiting_in[channel] -= count;
  waiting_ -= count;
}

void QueueLedger::save(Statement& set_next_ordinal) {
  for (auto& [id, queue] : queues_) {
    if (!queue.ordinals_given) continue;
    set_next_ordinal.bind(1, id).bind(2, static_cast<std::int64_t>(queue.next_ordinal)).run();
    queue.ordinals_given = false;
  }
}

std::vector<std::string> QueueLedger::publish() {
  std::vector<std::string> with_work;
  const base::MutexLock lock(mutex_);
  published_.resize(queues_.size());
  auto shown = published_.begin();
  for (auto& [id, queue] : queues_) {
    shown->provider = queue.name;
    shown->waiting = queue.waiting;
    shown->waiting_in = queue.waiting_in;
    shown->dispatching = queue.dispatching;
    queue.waiting_gauge->set(static_cast<std::int64_t>(queue.waiting));
    if (queue.has_new_work) with_work.push_back(queue.name);
    queue.has_new_work = false;
    ++shown;
  }
  return with_work;
}

std::vector<QueueDepth> QueueLedger::depths() const {
  const base::MutexLock lock(mutex_);
  return published_;
}

ProviderQueue& QueueLedger::add(std::int64_t id, std::string_view name, std::uint64_t next_ordinal) {
  auto& queue = queues_[id];
  queue.id = id;
  queue.name = name;
  queue.next_ordinal = next_ordinal;
  queue.waiting_gauge = &metrics_.provider(name).queue_waiting;
  by_name_[queue.name] = &queue;
  return queue;
}

}  // namespace herald::store
