#include "http/answer_queue.h"

#include <algorithm>
#include <utility>

namespace herald::http {

OwedAnswer& AnswerQueue::open(std::uint64_t& slot) {
  if (count_ == places_.size()) grow();
  slot = first_slot_ + count_;
  auto& place = at(count_++);
  place.request_id.clear();
  place.head_only = place.http10 = place.close = false;
  place.started = base::MonoTime{};
  place.method.clear();
  place.path.clear();
  place.answer.reset();
  return place;
}

OwedAnswer* AnswerQueue::awaiting(std::uint64_t slot) {
  if (slot < first_slot_ || slot - first_slot_ >= count_) return nullptr;
  auto& place = at(slot - first_slot_);
  return place.answer ? nullptr : &place;
}

void AnswerQueue::settle(OwedAnswer& place, Response answer) {
  held_bytes_ += answer.body.size();
  place.answer.emplace(std::move(answer));
}

OwedAnswer* AnswerQueue::ready() {
  if (count_ == 0) return nullptr;
  auto& place = at(0);
  return place.answer ? &place : nullptr;
}

void AnswerQueue::pop() {
  auto& place = at(0);
  held_bytes_ -= place.answer->body.size();
  place.answer.reset();
  first_ = (first_ + 1) % places_.size();
  ++first_slot_;
  --count_;
}

void AnswerQueue::clear() {
  for (; count_ > 0; --count_, ++first_slot_) {
    at(0).answer.reset();
    first_ = (first_ + 1) % places_.size();
  }
  held_bytes_ = 0;
}

void AnswerQueue::grow() {
  std::rotate(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(first_), places_.end());
  first_ = 0;
  places_.resize(std::max<std::size_t>(1, places_.size() * 2));
}

}  // namespace herald::http
