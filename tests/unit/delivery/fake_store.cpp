#include "fake_store.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

namespace herald::delivery {

using domain::Status;

namespace {

[[noreturn]] void refuse(const char* what) {
  throw std::logic_error(std::string("the store of delivery's tests does not serve ") + what);
}

}  // namespace

template <typename Other>
FakeStore::Done FakeStore::handle(Other& /*command*/) {
  refuse("this command");
}

base::Status FakeStore::apply(std::span<store::Command> batch) {
  std::vector<Done> done;
  std::vector<std::string> due_for;
  bool works = false;
  {
    const base::MutexLock lock(mutex_);
    works = works_;
    if (works_ || silently_durable_) {
      for (auto& command : batch) {
        done.push_back(std::visit([this](auto& one) HERALD_REQUIRES(mutex_) { return handle(one); }, command));
      }
      due_for.swap(due_for_);
    }
  }
  if (!works) {
    for (auto& command : batch) {
      std::visit([](auto& one) { one.done(base::fail(base::ErrorCode::kUnavailable, "the disk refuses")); }, command);
    }
    return base::fail(base::ErrorCode::kUnavailable, "the disk refuses");
  }
  for (const Done& one : done)
    one();
  for (const std::string& provider : due_for) {
    if (listener_ != nullptr) listener_->work_available(provider);
  }
  return {};
}

base::Status FakeStore::recover() {
  const base::MutexLock lock(mutex_);
  if (works_) return {};
  return base::fail(base::ErrorCode::kUnavailable, "the disk still refuses");
}

FakeStore::Done FakeStore::handle(store::Accept& command) {
  FakeRow row;
  row.message = std::move(command.message);
  row.due = row.message.accepted_at;
  row.ordinal = ordinals_[row.message.provider]++;
  const auto id = ids_.next(row.message.accepted_at);
  due_for_.push_back(row.message.provider);
  rows_.emplace(id, std::move(row));
  return [done = command.done, id] { done(id); };
}

FakeStore::Done FakeStore::handle(store::Claim& command) {
  ++counts_.claims;
  std::vector<std::pair<base::WallTime, domain::MessageId>> waiting;
  for (const auto& [id, row] : rows_) {
    if (row.message.provider != command.provider || row.status != Status::kPending) continue;
    if (command.channels.contains(row.message.content.channel)) waiting.emplace_back(row.due, id);
  }
  std::sort(waiting.begin(), waiting.end());
  store::Claimed claimed;
  for (const auto& [due, id] : waiting) {
    if (due > command.now || claimed.messages.size() == command.limit) {
      claimed.next_due = due;
      break;
    }
    FakeRow& row = rows_.at(id);
    if (row.message.expires_at <= command.now) {
      row.status = Status::kExpired;
      claimed.expired.push_back({id, command.provider, row.message.request_id});
      continue;
    }
    row.status = Status::kDispatching;
    ++counts_.claimed;
    claimed.messages.push_back({id, row.message.content, row.message.request_id, row.ordinal,
                                static_cast<std::uint32_t>(row.attempts.size() + 1), row.spent, row.message.accepted_at,
                                row.message.expires_at});
  }
  return [done = command.done, claimed] { done(claimed); };
}

FakeStore::Done FakeStore::handle(store::Settle& command) {
  ++counts_.settles;
  if (refuses_settlements_) {
    return [done = command.done] { done(base::fail(base::ErrorCode::kInvalid, "not a settlement")); };
  }
  for (store::Settlement& item : command.items) {
    FakeRow& row = rows_.at(item.id);
    if (row.status != Status::kDispatching) {
      ++counts_.not_dispatching;
      continue;
    }
    ++counts_.settled;
    row.status = item.status;
    row.error_code = item.error_code;
    row.receipts = item.receipts;
    if (item.retry_at) row.due = *item.retry_at;
    row.attempts.push_back(std::move(item.attempt));
  }
  command.items.clear();
  return [done = command.done] { done({}); };
}

FakeStore::Done FakeStore::handle(store::Release& command) {
  for (const auto id : command.ids) {
    FakeRow& row = rows_.at(id);
    if (row.status != Status::kDispatching) continue;
    row.status = Status::kPending;
    ++counts_.released;
    due_for_.push_back(row.message.provider);
  }
  return [done = command.done] { done({}); };
}

FakeStore::Done FakeStore::handle(store::Expire& command) {
  std::vector<store::ExpiredMessage> expired;
  for (const auto id : command.ids) {
    FakeRow& row = rows_.at(id);
    if (row.status != Status::kPending || row.message.expires_at > command.now) continue;
    row.status = Status::kExpired;
    expired.push_back({id, row.message.provider, row.message.request_id});
  }
  return [done = command.done, expired] { done(expired); };
}

FakeStore::Done FakeStore::handle(store::Retry& command) {
  FakeRow& row = rows_.at(command.id);
  if (row.status != Status::kFailed && row.status != Status::kExpired) {
    return [done = command.done] { done(base::fail(base::ErrorCode::kConflict, "neither failed nor expired")); };
  }
  row.status = Status::kPending;
  row.error_code.clear();
  row.due = row.message.accepted_at;
  row.spent = static_cast<std::uint32_t>(row.attempts.size());
  due_for_.push_back(row.message.provider);
  return [done = command.done] { done({}); };
}

base::Result<domain::MessageRecord> FakeStore::find(domain::MessageId) const {
  refuse("find()");
}

base::Result<std::optional<store::KeyUse>> FakeStore::find_key(const domain::Digest&, base::WallTime) const {
  refuse("find_key()");
}

base::Result<store::Reader::MessagePage> FakeStore::messages(const store::MessageFilter&,
                                                             std::optional<domain::MessageId>, std::size_t) const {
  refuse("messages()");
}

base::Result<store::Page<domain::Conversation>> FakeStore::conversations(const store::PageStart&, std::size_t) const {
  refuse("conversations()");
}

base::Result<domain::Conversation> FakeStore::conversation(domain::ConversationId) const {
  refuse("conversation()");
}

base::Result<store::Page<domain::MessageRecord>> FakeStore::conversation_messages(domain::ConversationId,
                                                                                  const store::PageStart&,
                                                                                  std::size_t) const {
  refuse("conversation_messages()");
}

base::Result<std::map<std::string, std::string>> FakeStore::kept() const {
  refuse("kept()");
}

base::Result<std::vector<store::QueueDepth>> FakeStore::queue_depths() const {
  const base::MutexLock lock(mutex_);
  std::map<std::string, store::QueueDepth> by_name;
  for (const auto& [id, row] : rows_) {
    auto& depth = by_name[row.message.provider];
    depth.provider = row.message.provider;
    if (row.status == Status::kPending) {
      ++depth.waiting;
      ++depth.waiting_in[row.message.content.channel];
    }
    if (row.status == Status::kDispatching) ++depth.dispatching;
  }
  std::vector<store::QueueDepth> depths;
  for (auto& [name, depth] : by_name)
    depths.push_back(std::move(depth));
  return depths;
}

base::Result<store::Reader::ExpiredPage> FakeStore::expired(domain::MessageId after, base::WallTime now,
                                                            std::size_t limit) const {
  if (on_sweep_) on_sweep_();
  const base::MutexLock lock(mutex_);
  ExpiredPage page;
  auto place = rows_.upper_bound(after);
  for (std::size_t looked = 0; place != rows_.end() && looked < limit; ++looked, ++place) {
    if (place->second.status == Status::kPending && place->second.message.expires_at <= now) {
      page.ids.push_back(place->first);
    }
  }
  if (place != rows_.end()) page.next = std::prev(place)->first;
  return page;
}

void FakeStore::set_disk(bool works, bool silently_durable) {
  const base::MutexLock lock(mutex_);
  works_ = works;
  silently_durable_ = silently_durable;
}

void FakeStore::refuse_settlements() {
  const base::MutexLock lock(mutex_);
  refuses_settlements_ = true;
}

FakeRow FakeStore::row(domain::MessageId id) const {
  const base::MutexLock lock(mutex_);
  return rows_.at(id);
}

FakeCounts FakeStore::counts() const {
  const base::MutexLock lock(mutex_);
  return counts_;
}

std::size_t FakeStore::count(Status status) const {
  const base::MutexLock lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(rows_.begin(), rows_.end(), [status](const auto& entry) { return entry.second.status == status; }));
}

}  // namespace herald::delivery
