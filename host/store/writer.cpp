#include "store/writer.h"

#include <algorithm>
#include <utility>

#include "store/completion.h"

namespace herald::store {
namespace {

constexpr std::chrono::milliseconds kRecoveryInterval{100};

base::Error full_error() {
  return {base::ErrorCode::kExhausted, "too many messages wait for a commit: the disk is slower than what comes in"};
}

// The memory of a command that grows with what a client or a carrier sends.
std::size_t size_of(const domain::Content& content) {
  std::size_t size = content.body.size() + content.from.size() + content.to.size();
  for (const auto& url : content.attachments)
    size += url.size();
  return size;
}

std::size_t size_of(const Accept& command) {
  return sizeof(Command) + size_of(command.message.content);
}

std::size_t size_of(const Receive& command) {
  std::size_t size = sizeof(Command);
  for (const auto& message : command.messages)
    size += sizeof(message) + size_of(message.content);
  for (const auto& receipt : command.receipts)
    size += sizeof(receipt) + receipt.provider_message_id.size() + receipt.error_code.size();
  return size;
}

// Nothing for what the host itself owes the store.
std::optional<std::size_t> size_from_outside(const Command& command) {
  if (const auto* accept = std::get_if<Accept>(&command); accept != nullptr) return size_of(*accept);
  if (const auto* receive = std::get_if<Receive>(&command); receive != nullptr) return size_of(*receive);
  return std::nullopt;
}

base::Error closed_error() {
  return {base::ErrorCode::kUnavailable, "the store's writer is closed: the host is stopping"};
}

}  // namespace

Writer::Writer(Store& store, const base::Clock& clock, observe::Log& log, observe::Metrics& metrics,
               std::size_t max_batch)
    : store_(store), clock_(clock), log_(log), metrics_(metrics), max_batch_(std::max<std::size_t>(max_batch, 1)) {}

Writer::~Writer() {
  close();
  for (auto batch = take(); !batch.empty(); batch = take())
    fail_all(batch, closed_error(), log_);
}

bool Writer::healthy() const {
  if (!healthy_.load(std::memory_order_acquire)) return false;
  const auto began = commit_began_ns_.load(std::memory_order_acquire);
  return began == kNoCommit || clock_.mono() - base::MonoTime{std::chrono::nanoseconds{began}} < kSlowCommit;
}

bool Writer::overloaded(std::chrono::nanoseconds waited) const {
  const auto now = clock_.mono();
  return stands(now) || (waited >= kLate && stood_lately(now));
}

bool Writer::stands(base::MonoTime now) const {
  const auto since = standing_since_ns_.load(std::memory_order_acquire);
  return since != kNoneStand && now - base::MonoTime{std::chrono::nanoseconds{since}} >= kStandingTime;
}

bool Writer::stood_lately(base::MonoTime now) const {
  const auto until = stands_at_once_until_ns_.load(std::memory_order_acquire);
  return until != kNoneStand && now < base::MonoTime{std::chrono::nanoseconds{until}};
}

bool Writer::fits(const Command& command) {
  const auto size = size_from_outside(command);
  if (!size) return true;
  if (waiting_accepts_ >= kWaitingAccepts || waiting_bytes_ + *size > kWaitingBytes) return false;
  ++waiting_accepts_;
  waiting_bytes_ += *size;
  if (waiting_accepts_ == kStandingAccepts) begin_standing();
  return true;
}

void Writer::begin_standing() {
  const auto now = clock_.mono();
  const auto since = stood_lately(now) ? now - kStandingTime : now;
  standing_since_ns_.store(since.time_since_epoch().count(), std::memory_order_release);
}

void Writer::end_standing() {
  const auto now = clock_.mono();
  if (stands(now)) {
    stands_at_once_until_ns_.store((now + kStandingMemory).time_since_epoch().count(), std::memory_order_release);
  }
  standing_since_ns_.store(kNoneStand, std::memory_order_release);
}

// What is being committed waits no longer.
void Writer::release(std::span<const Command> batch) {
  std::size_t accepts = 0;
  std::size_t bytes = 0;
  for (const auto& command : batch) {
    const auto size = size_from_outside(command);
    if (!size) continue;
    ++accepts;
    bytes += *size;
  }
  if (accepts == 0) return;
  const base::MutexLock lock(mutex_);
  waiting_accepts_ -= accepts;
  waiting_bytes_ -= bytes;
  if (waiting_accepts_ < kStandingAccepts) end_standing();
}

void Writer::submit(Command command) {
  bool closed = false;
  {
    const base::MutexLock lock(mutex_);
    closed = closed_;
    if (!closed && fits(command)) {
      waiting_.push_back(std::move(command));
      wakeup_.notify();
      return;
    }
  }
  fail_all({&command, 1}, closed ? closed_error() : full_error(), log_);
}

void Writer::submit(std::vector<Command> commands) {
  {
    const base::MutexLock lock(mutex_);
    if (!closed_) {
      if (commands.empty()) return;
      std::move(commands.begin(), commands.end(), std::back_inserter(waiting_));
      wakeup_.notify();
      return;
    }
  }
  fail_all(commands, closed_error(), log_);
}

bool Writer::step() {
  const base::Heartbeat::Step beat(heartbeat_, clock_);
  const bool usable = healthy_.load(std::memory_order_acquire) || try_recovery();
  const auto batch = take();
  if (batch.empty()) {
    if (usable) store_.maintain();
    return false;
  }
  if (usable) {
    commit(batch);
  } else {
    fail_all(batch, {base::ErrorCode::kUnavailable, "the store could not commit and has not recovered yet"}, log_);
  }
  return true;
}

void Writer::close() {
  const base::MutexLock lock(mutex_);
  closed_ = true;
}

// The next commands of one commit, out of what was swapped from the queue in one go.
std::span<Command> Writer::take() {
  if (next_ == taken_.size()) {
    taken_.clear();
    next_ = 0;
    const base::MutexLock lock(mutex_);
    taken_.swap(waiting_);
  }
  const std::span<Command> rest(taken_.data() + next_, taken_.size() - next_);
  const auto batch = rest.first(std::min(rest.size(), max_batch_));
  next_ += batch.size();
  release(batch);
  if (next_ < taken_.size()) wakeup_.notify();  // a wait() between two steps must not sleep on the rest
  return batch;
}

void Writer::commit(std::span<Command> batch) {
  const auto started = clock_.mono();
  commit_began_ns_.store(started.time_since_epoch().count(), std::memory_order_release);
  const auto status = store_.apply(batch);
  commit_began_ns_.store(kNoCommit, std::memory_order_release);
  if (!status) {
    metrics_.commit_failures.add();
    healthy_.store(false, std::memory_order_release);
    log_.error("store.commit_failed", {{"error", status.error().message}, {"commands", batch.size()}});
    return;
  }
  metrics_.commits.add();
  metrics_.commands.add(batch.size());
  metrics_.commit_latency.observe(clock_.mono() - started);
  store_.maintain();
}

bool Writer::try_recovery() {
  const auto now = clock_.mono();
  if (last_recovery_ && now - *last_recovery_ < kRecoveryInterval) return false;
  last_recovery_ = now;
  const auto status = store_.recover();
  if (!status) {
    log_.debug("store.recovery_failed", {{"error", status.error().message}});
    return false;
  }
  healthy_.store(true, std::memory_order_release);
  log_.info("store.recovered", {});
  return true;
}

}  // namespace herald::store
