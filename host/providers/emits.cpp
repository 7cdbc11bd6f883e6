#include "providers/emits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "providers/inbound_copy.h"
#include "providers/plugin_call.h"

namespace herald::providers {
namespace {

// For answers that were about to be given.
constexpr std::chrono::nanoseconds kAnswerGrace = std::chrono::milliseconds{500};

std::int32_t result_of(const base::Status& status) {
  if (status) return HERALD_OK;
  return status.error().code == base::ErrorCode::kInvalid ? HERALD_E_INVALID : HERALD_E_UNAVAILABLE;
}

}  // namespace

Emits::Emits(std::string provider, domain::InboundSink& inbound)
    : provider_(std::move(provider)), inbound_(inbound), answers_(provider_ + "-emit", 1, kMaxWaiting) {
  table_.struct_size = sizeof table_;
  table_.context = this;
  table_.emit = Emits::emit;
}

void Emits::speak_through(std::shared_ptr<HostServices> services) {
  services_ = std::move(services);
}

void Emits::open() {
  const base::MutexLock lock(mutex_);
  if (phase_ == Phase::kNotYet) phase_ = Phase::kOpen;
}

// The border: called by plugins. Nothing may be thrown out of it; what could throw is memory that has run out, and that
// ends the process.
std::int32_t Emits::emit(void* context, const herald_inbound_message* messages, std::uint32_t message_count,
                         const herald_receipt* receipts, std::uint32_t receipt_count, herald_emitted_fn done,
                         void* user) noexcept {
  auto& self = *static_cast<Emits*>(context);
  {
    const base::MutexLock lock(self.mutex_);
    if (self.phase_ != Phase::kOpen) return HERALD_E_STATE;
  }
  auto events = copy_events(self.provider_, messages, message_count, receipts, receipt_count);
  if (!events) return self.refuse(events.error());
  Number number = 0;
  if (const std::int32_t entered = self.enter({done, user}, number); entered != HERALD_OK) return entered;
  self.hand_over(number, std::move(*events));
  return HERALD_OK;
}

std::int32_t Emits::refuse(const base::Error& error) {
  services_->say(observe::LogLevel::kWarn, "provider.emit_refused",
                 {{"provider_name", provider_}, {"error", error.message}});
  return HERALD_E_INVALID;
}

std::int32_t Emits::enter(Emit emit, Number& number) {
  const base::MutexLock lock(mutex_);
  if (phase_ != Phase::kOpen) return HERALD_E_STATE;
  if (waiting_.size() + answering_ >= kMaxWaiting) return HERALD_E_UNAVAILABLE;
  number = ++last_;
  waiting_.emplace(number, emit);
  ++handing_;
  return HERALD_OK;
}

void Emits::hand_over(Number number, domain::CarrierEvents events) {
  if (events.messages.empty() && events.receipts.empty()) {
    settled(number, {});  // nothing is on disk already
  } else {
    inbound_.receive(std::move(events), [this, number](const base::Status& status) { settled(number, status); });
  }
  const base::MutexLock lock(mutex_);
  if (--handing_ == 0) changed_.notify_all();
}

void Emits::settled(Number number, const base::Status& status) {
  Emit emit;
  {
    const base::MutexLock lock(mutex_);
    auto node = waiting_.extract(number);
    if (node.empty()) return;  // given up
    emit = node.mapped();
    ++answering_;
  }
  if (!status && status.error().code == base::ErrorCode::kInvalid) {
    services_->say(observe::LogLevel::kWarn, "provider.emit_refused",
                   {{"provider_name", provider_}, {"error", status.error().message}});
  }
  answer(emit, result_of(status));
}

void Emits::answer(Emit emit, std::int32_t result) {
  if (emit.done != nullptr && answers_.post([this, emit, result] { call(emit, result); })) return;
  call(emit, result);  // there is nobody to tell, or the system gives no thread to tell it on
}

void Emits::call(Emit emit, std::int32_t result) {
  bool silent = false;
  {
    const base::MutexLock lock(mutex_);
    silent = silent_;
  }
  if (emit.done != nullptr && !silent && !contained_void([&] { emit.done(emit.user, result); })) {
    services_->say(observe::LogLevel::kError, "provider.exception",
                   {{"provider_name", provider_}, {"error", described("emit's done", std::nullopt)}});
  }
  const base::MutexLock lock(mutex_);
  --answering_;
  changed_.notify_all();
}

bool Emits::close(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::vector<Emit> given_up;
  {
    const base::MutexLock lock(mutex_);
    phase_ = Phase::kClosed;
    while (!waiting_.empty() || answering_ > 0 || handing_ > 0) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds::zero()) break;
      changed_.wait_for(mutex_, left);
    }
    for (const auto& [number, emit] : waiting_)
      given_up.push_back(emit);
    waiting_.clear();
    answering_ += given_up.size();
  }
  for (const Emit& emit : given_up)
    answer(emit, HERALD_E_UNAVAILABLE);
  const bool answered = answers_.close(kAnswerGrace);
  const base::MutexLock lock(mutex_);
  silent_ = true;
  return answered && answering_ == 0 && handing_ == 0;
}

void Emits::abandon() {
  {
    const base::MutexLock lock(mutex_);
    phase_ = Phase::kClosed;
    silent_ = true;
    waiting_.clear();
  }
  answers_.close(std::chrono::nanoseconds::zero());
}

}  // namespace herald::providers
