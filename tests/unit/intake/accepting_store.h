// A store that keeps what it is given in memory and refuses when it is told to; for tests of what stands before it.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/mutex.h"
#include "domain/ports.h"
#include "store/store.h"

namespace herald::test {

// The Store's functions and what is not said otherwise: the writer's thread only. The Reader's: any thread.
class AcceptingStore final : public store::Store, public store::Reader {
 public:
  // From here on each command fails alone, as at the queue's bound.
  void refuse_with(base::ErrorCode code) { refusal_ = base::Error{code, "SECRET /var/lib/herald/db: disk I/O error"}; }
  void refuse_nothing() { refusal_.reset(); }
  // From here on every look-up of a key fails. Before other threads use the store.
  void refuse_reads_with(base::ErrorCode code) { read_refusal_ = base::Error{code, "SECRET disk I/O error"}; }

  const std::vector<domain::NewMessage>& accepted() const { return accepted_; }

  // What each Receive brought, without its `done`.
  const std::vector<store::Receive>& received() const { return received_; }
  // What every Receive answers of its receipts.
  void answer_receipts(store::Received counts) { receipt_counts_ = std::move(counts); }

  // A message that is stored already, for what operators ask for.
  void put(domain::MessageId id, domain::Status status, const std::string& provider = "sms-mms",
           const std::string& error_code = {}) {
    places_[id] = Place{status, provider, error_code};
  }
  domain::Status status(domain::MessageId id) const { return places_.at(id).status; }
  // How many messages one RetryMany looks at.
  void step_retries_by(std::size_t count) { retry_step_ = count; }
  std::size_t retry_steps() const { return retry_steps_; }

  const std::map<std::string, std::string>& kept_settings() const { return kept_; }

  base::Status apply(std::span<store::Command> batch) override {
    for (auto& command : batch)
      std::visit([this](auto& one) { apply_one(one); }, command);
    return {};
  }
  base::Status recover() override { return {}; }
  void maintain() override {}

  base::Result<std::optional<store::KeyUse>> find_key(const domain::Digest& key,
                                                      base::WallTime not_before) const override {
    if (read_refusal_) return tl::make_unexpected(*read_refusal_);
    if (recovers_in_look_ups_) ++recoveries_;
    const base::MutexLock lock(mutex_);
    const auto found = keys_.find(key);
    if (found == keys_.end() || found->second.at < not_before) return std::nullopt;
    return found->second.use;
  }

  std::uint64_t recoveries() const override { return recoveries_; }
  // From here on the store recovers while a key is looked up.
  void recover_in_look_ups() { recovers_in_look_ups_ = true; }
  // What the last command with a key said.
  std::uint64_t last_recoveries() const { return last_recoveries_; }

  // Reads that no test of this store makes.
  base::Result<domain::MessageRecord> find(domain::MessageId) const override { return unread(); }
  base::Result<std::vector<store::QueueDepth>> queue_depths() const override { return unread(); }
  base::Result<ExpiredPage> expired(domain::MessageId, base::WallTime, std::size_t) const override { return unread(); }
  base::Result<MessagePage> messages(const store::MessageFilter&, std::optional<domain::MessageId>,
                                     std::size_t) const override {
    return unread();
  }
  base::Result<store::Page<domain::Conversation>> conversations(const store::PageStart&, std::size_t) const override {
    return unread();
  }
  base::Result<domain::Conversation> conversation(domain::ConversationId) const override { return unread(); }
  base::Result<store::Page<domain::MessageRecord>> conversation_messages(domain::ConversationId,
                                                                         const store::PageStart&,
                                                                         std::size_t) const override {
    return unread();
  }
  base::Result<std::map<std::string, std::string>> kept() const override { return unread(); }

 private:
  struct Place {
    domain::Status status = domain::Status::kPending;
    std::string provider;
    std::string error_code;
  };
  struct KeptKey {
    store::KeyUse use;
    base::WallTime at;
  };

  static tl::unexpected<base::Error> unread() {
    return base::fail(base::ErrorCode::kInternal, "the test's store answers no such read");
  }

  template <typename Command>
  bool refused(Command& command) const {
    if (refusal_) command.done(tl::make_unexpected(*refusal_));
    return refusal_.has_value();
  }

  void remember(const std::optional<domain::RequestKey>& key, domain::MessageId id, base::WallTime at) {
    if (!key) return;
    const base::MutexLock lock(mutex_);
    keys_[key->key] = KeptKey{{key->request, id}, at};
  }

  void apply_one(store::Accept& command) {
    if (refused(command)) return;
    const auto at = command.message.accepted_at;
    const auto id = ids_.next(at);
    remember(command.key, id, at);
    if (command.key) last_recoveries_ = command.recoveries;
    put(id, domain::Status::kPending, command.message.provider);
    accepted_.push_back(std::move(command.message));
    command.done(id);
  }

  void apply_one(store::Receive& command) {
    if (refused(command)) return;
    auto answer = receipt_counts_;
    for (const auto& message : command.messages) {
      const auto known = first_ids_.find({command.source, message.provider_message_id});
      const bool duplicate = known != first_ids_.end();
      const auto id = duplicate ? known->second : ids_.next(message.received_at);
      if (!message.provider_message_id.empty()) first_ids_[{command.source, message.provider_message_id}] = id;
      answer.messages.push_back({id, duplicate});
    }
    if (!answer.messages.empty()) remember(command.key, answer.messages[0].id, command.messages[0].received_at);
    if (command.key) last_recoveries_ = command.recoveries;
    const auto done = std::exchange(command.done, nullptr);
    received_.push_back(std::move(command));
    done(std::move(answer));
  }

  void apply_one(store::Cancel& command) {
    if (refused(command)) return;
    command.done(move_from(command.id, {domain::Status::kPending}, domain::Status::kCancelled));
  }

  void apply_one(store::Retry& command) {
    if (refused(command)) return;
    command.done(move_from(command.id, {domain::Status::kFailed, domain::Status::kExpired}, domain::Status::kPending));
  }

  void apply_one(store::RetryMany& command) {
    if (refused(command)) return;
    ++retry_steps_;
    store::Retried retried;
    std::size_t looked_at = 0;
    for (auto place = places_.upper_bound(command.after); place != places_.end(); ++place) {
      if (looked_at++ == retry_step_) {
        retried.next = std::prev(place)->first;
        break;
      }
      const bool meant = command.which.provider.empty() || command.which.provider == place->second.provider;
      const auto& code = command.which.error_code;
      if (!meant || (!code.empty() && code != place->second.error_code) || place->second.status != command.which.status)
        continue;
      place->second.status = domain::Status::kPending;
      ++retried.count;
    }
    command.done(retried);
  }

  void apply_one(store::Keep& command) {
    if (refused(command)) return;
    kept_[command.key] = command.value;
    command.done({});
  }

  // What lanes and the dispatcher ask for is no part of these tests.
  template <typename Other>
  void apply_one(Other& command) {
    command.done(base::fail(base::ErrorCode::kInternal, "the test's store takes no such command"));
  }

  base::Status move_from(domain::MessageId id, std::initializer_list<domain::Status> from, domain::Status to) {
    const auto place = places_.find(id);
    if (place == places_.end()) return base::fail(base::ErrorCode::kNotFound, "no such message");
    auto& status = place->second.status;
    if (std::find(from.begin(), from.end(), status) == from.end()) {
      const std::string found(domain::to_string(status));
      return base::fail(base::ErrorCode::kConflict, "message " + id.text() + " is " + found);
    }
    status = to;
    return {};
  }

  base::IdSource ids_;
  std::optional<base::Error> refusal_;
  bool recovers_in_look_ups_ = false;
  mutable std::atomic<std::uint64_t> recoveries_{0};
  std::uint64_t last_recoveries_ = 0;
  std::optional<base::Error> read_refusal_;
  std::vector<domain::NewMessage> accepted_;
  std::vector<store::Receive> received_;
  store::Received receipt_counts_;
  std::map<std::pair<std::string, std::string>, domain::MessageId> first_ids_;  // by source and the carrier's id
  std::map<domain::MessageId, Place> places_;
  std::size_t retry_step_ = 100;
  std::size_t retry_steps_ = 0;
  std::map<std::string, std::string> kept_;

  mutable base::Mutex mutex_;
  std::map<domain::Digest, KeptKey> keys_ HERALD_GUARDED_BY(mutex_);
};

// Routes as a test sets them.
class FixedRoutes final : public domain::RouteTable {
 public:
  std::optional<std::string> route(domain::Channel channel) const override {
    if (channel == domain::Channel::kEmail) return email;
    return phone;
  }

  std::optional<std::string> phone = "sms-mms";
  std::optional<std::string> email = "email";
};

}  // namespace herald::test
