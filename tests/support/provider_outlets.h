// What the providers' room hands on to, for a test to look at and to steer.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "domain/ports.h"

namespace herald::test {

// Takes what carriers bring, and commits it at once, never, or when told to. Any thread.
class RecordingInbound final : public domain::InboundSink {
 public:
  void receive(domain::CarrierEvents events, std::function<void(base::Status)> done) override {
    base::Status status;
    {
      const base::MutexLock lock(mutex_);
      events_.push_back(std::move(events));
      if (holding_) {
        held_.push_back(std::move(done));
        return;
      }
      status = status_;
    }
    done(status);
  }

  // From here on every receive is answered so.
  void answer_with(base::Status status) {
    const base::MutexLock lock(mutex_);
    status_ = std::move(status);
  }

  // From here on nothing is answered before commit().
  void hold() {
    const base::MutexLock lock(mutex_);
    holding_ = true;
  }

  // Answers what is held; how many there were.
  std::size_t commit(const base::Status& status = {}) {
    std::vector<std::function<void(base::Status)>> held;
    {
      const base::MutexLock lock(mutex_);
      held.swap(held_);
    }
    for (const auto& done : held)
      done(status);
    return held.size();
  }

  std::vector<domain::CarrierEvents> events() const {
    const base::MutexLock lock(mutex_);
    return events_;
  }

 private:
  mutable base::Mutex mutex_;
  std::vector<domain::CarrierEvents> events_ HERALD_GUARDED_BY(mutex_);
  std::vector<std::function<void(base::Status)>> held_ HERALD_GUARDED_BY(mutex_);
  base::Status status_ HERALD_GUARDED_BY(mutex_);
  bool holding_ HERALD_GUARDED_BY(mutex_) = false;
};

// Any thread.
class RecordingLanes final : public domain::LaneControl {
 public:
  void set_paused(std::string_view provider, bool paused) override {
    const base::MutexLock lock(mutex_);
    paused_[std::string(provider)] = paused;
  }

  base::Status attach(domain::ProviderPort& port) override {
    const base::MutexLock lock(mutex_);
    ports_[port.name()] = &port;
    return {};
  }

  // Every lane's thread hangs: detach says so.
  void set_stuck() {
    const base::MutexLock lock(mutex_);
    stuck_ = true;
  }

  void begin_detach(std::string_view provider) override {
    const base::MutexLock lock(mutex_);
    detaching_.emplace(provider);
  }

  bool idle(std::string_view provider) const override {
    const base::MutexLock lock(mutex_);
    return !busy_.contains(provider);
  }

  base::Status detach(std::string_view provider, std::chrono::milliseconds) override {
    const base::MutexLock lock(mutex_);
    if (busy_.contains(provider)) return base::fail(base::ErrorCode::kConflict, "told to be busy");
    if (stuck_) return base::fail(base::ErrorCode::kUnavailable, "told to be stuck");
    const auto place = ports_.find(provider);
    if (place == ports_.end()) return base::fail(base::ErrorCode::kNotFound, "no lane");
    if (on_detach) on_detach();
    ports_.erase(place);
    return {};
  }

  // The lanes of a host that has stopped go with it.
  void end_all() {
    const base::MutexLock lock(mutex_);
    ports_.clear();
  }

  std::function<void()> on_detach;  // set before the first call

  // As a lane that still has messages, or has none any more.
  void set_busy(const std::string& provider, bool busy) {
    const base::MutexLock lock(mutex_);
    if (busy)
      busy_.insert(provider);
    else
      busy_.erase(provider);
  }

  // Null when the provider has no lane.
  domain::ProviderPort* port(const std::string& provider) const {
    const base::MutexLock lock(mutex_);
    const auto place = ports_.find(provider);
    return place == ports_.end() ? nullptr : place->second;
  }

  // Of every provider that has a lane, in the order of their names.
  std::vector<domain::ProviderPort*> ports() const {
    std::vector<domain::ProviderPort*> all;
    const base::MutexLock lock(mutex_);
    for (const auto& [name, port] : ports_)
      all.push_back(port);
    return all;
  }

  bool detaching(const std::string& provider) const {
    const base::MutexLock lock(mutex_);
    return detaching_.contains(provider);
  }

  bool paused(const std::string& provider) const {
    const base::MutexLock lock(mutex_);
    const auto found = paused_.find(provider);
    return found != paused_.end() && found->second;
  }

 private:
  mutable base::Mutex mutex_;
  std::map<std::string, bool> paused_ HERALD_GUARDED_BY(mutex_);
  std::map<std::string, domain::ProviderPort*, std::less<>> ports_ HERALD_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> detaching_ HERALD_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> busy_ HERALD_GUARDED_BY(mutex_);
  bool stuck_ HERALD_GUARDED_BY(mutex_) = false;
};

// Keeps in memory; answers at once, with a refusal, or never. Any thread.
class MemoryKept final : public domain::KeptSettings {
 public:
  std::map<std::string, std::string> load() const override { return values(); }

  void keep(const std::string& key, const std::string& value, std::function<void(base::Status)> done) override {
    base::Status status;
    {
      const base::MutexLock lock(mutex_);
      if (silent_) return;
      status = status_;
      if (status) values_[key] = value;
    }
    done(status);
  }

  void set(const std::string& key, const std::string& value) {
    const base::MutexLock lock(mutex_);
    values_[key] = value;
  }

  void refuse() {
    const base::MutexLock lock(mutex_);
    status_ = base::fail(base::ErrorCode::kUnavailable, "the disk refuses");
  }

  // From here on nothing is answered, as while a commit is stuck.
  void fall_silent() {
    const base::MutexLock lock(mutex_);
    silent_ = true;
  }

  std::map<std::string, std::string> values() const {
    const base::MutexLock lock(mutex_);
    return values_;
  }

  // What is kept under the key; empty when nothing is.
  std::string value(const std::string& key) const {
    const auto all = values();
    const auto found = all.find(key);
    return found == all.end() ? std::string() : found->second;
  }

 private:
  mutable base::Mutex mutex_;
  std::map<std::string, std::string> values_ HERALD_GUARDED_BY(mutex_);
  base::Status status_ HERALD_GUARDED_BY(mutex_);
  bool silent_ HERALD_GUARDED_BY(mutex_) = false;
};

}  // namespace herald::test
