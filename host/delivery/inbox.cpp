#include "delivery/inbox.h"

#include <algorithm>
#include <utility>

namespace herald::delivery {

void Inbox::complete(Completion completion) {
  {
    const base::MutexLock lock(mutex_);
    content_.completions.push_back(std::move(completion));
  }
  wakeup_.notify();
}

void Inbox::acknowledge(Ack ack) {
  {
    const base::MutexLock lock(mutex_);
    content_.acks.push_back(std::move(ack));
  }
  wakeup_.notify();
}

void Inbox::answer_claim(base::Result<store::Claimed> claimed) {
  {
    const base::MutexLock lock(mutex_);
    // The dispatcher is not woken for it: it is once the lane has taken the answer and has demand again.
    if (claimed)
      note_due(claimed->next_due);
    else
      news_.claim_failed = true;
    content_.claim = std::move(claimed);
  }
  wakeup_.notify();
}

void Inbox::begin_stop() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    leaving_ = false;
  }
  wakeup_.notify();
}

void Inbox::begin_leave() {
  {
    const base::MutexLock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    leaving_ = true;
  }
  wakeup_.notify();
}

bool Inbox::idle() const {
  const base::MutexLock lock(mutex_);
  return is_idle();
}

bool Inbox::stopped() const {
  const base::MutexLock lock(mutex_);
  return stopping_ && is_idle();
}

void Inbox::take(Content& content) {
  content.completions.clear();
  content.acks.clear();
  content.claim.reset();
  const base::MutexLock lock(mutex_);
  std::swap(content.completions, content_.completions);
  std::swap(content.acks, content_.acks);
  std::swap(content.claim, content_.claim);
  content.stopping = stopping_;
  content.leaving = leaving_;
  if (content.claim) {
    claim_under_way_ = false;
    // What was offered is now in the lane's hands; it says anew what more it would take, and that it is busy.
    offer_.demand = 0;
    offer_.quiet = false;
  }
  if (!content.completions.empty() || !content.acks.empty()) offer_.quiet = false;
}

void Inbox::take_completions(std::vector<Completion>& completions) {
  completions.clear();
  const base::MutexLock lock(mutex_);
  std::swap(completions, content_.completions);
}

void Inbox::publish(const Offer& offer) {
  base::Wakeup* claimer = nullptr;
  {
    const base::MutexLock lock(mutex_);
    const bool grew = offer.demand > 0 && offer_.demand == 0;
    offer_.demand = offer.demand;
    offer_.quiet = offer.quiet;
    offer_.channels = offer.channels;
    note_due(offer.due_at);
    if ((grew && open_demand() > 0) || offer.due_at) claimer = claimer_;
  }
  if (claimer != nullptr) claimer->notify();
}

bool Inbox::claim_under_way() const {
  const base::MutexLock lock(mutex_);
  return claim_under_way_;
}

void Inbox::set_claimer(base::Wakeup* claimer) {
  const base::MutexLock lock(mutex_);
  claimer_ = claimer;
}

Inbox::Demand Inbox::take_demand() {
  const base::MutexLock lock(mutex_);
  const std::size_t limit = open_demand();
  if (limit > 0) claim_under_way_ = true;
  return {limit, offer_.channels};
}

bool Inbox::has_demand() const {
  const base::MutexLock lock(mutex_);
  return open_demand() > 0;
}

Inbox::News Inbox::take_news() {
  const base::MutexLock lock(mutex_);
  return std::exchange(news_, News{});
}

void Inbox::note_due(const std::optional<base::WallTime>& due_at) {
  if (due_at) news_.due_at = news_.due_at ? std::min(*news_.due_at, *due_at) : *due_at;
}

bool Inbox::is_idle() const {
  return offer_.quiet && !claim_under_way_ && content_.empty();
}

std::size_t Inbox::open_demand() const {
  return claim_under_way_ || stopping_ ? 0 : offer_.demand;
}

}  // namespace herald::delivery
