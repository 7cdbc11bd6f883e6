#include "http/mailbox.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

namespace herald::http {
namespace {

// The mailbox whose reactor runs on this thread.
thread_local const Mailbox* attached_here = nullptr;

}  // namespace

base::Result<std::shared_ptr<Mailbox>> Mailbox::make() {
  Socket wake(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wake) {
    return base::fail(base::ErrorCode::kUnavailable, "cannot make an eventfd: " + system_message(errno) +
                                                         "; raise the limit of open files (ulimit -n)");
  }
  return std::shared_ptr<Mailbox>(new Mailbox(std::move(wake)));
}

void Mailbox::post(Completion completion) {
  if (attached_here == this) {
    receiver_->receive(std::move(completion));
    return;
  }
  {
    const base::MutexLock lock(mutex_);
    if (detached_) return;
    posted_.completions.push_back(std::move(completion));
    if (!wake_needed()) return;
  }
  wake();
}

void Mailbox::post(Arrival arrival) {
  {
    const base::MutexLock lock(mutex_);
    if (detached_) return;
    posted_.arrivals.push_back(std::move(arrival));
    if (!wake_needed()) return;
  }
  wake();
}

void Mailbox::order_drain() {
  {
    const base::MutexLock lock(mutex_);
    posted_.drain = true;
    if (!wake_needed()) return;
  }
  wake();
}

void Mailbox::wake() const {
  // It can fail only when its counter is full, and then it is readable as it is.
  eventfd_write(wake_.fd(), 1);
}

void Mailbox::attach(Receiver& receiver) {
  receiver_ = &receiver;
  attached_here = this;
}

void Mailbox::detach() {
  Batch left;
  {
    const base::MutexLock lock(mutex_);
    detached_ = true;
    std::swap(left, posted_);
  }
  attached_here = nullptr;
  receiver_ = nullptr;
}

void Mailbox::awake() {
  const base::MutexLock lock(mutex_);
  asleep_ = false;
}

bool Mailbox::collect(Batch& batch) {
  const base::MutexLock lock(mutex_);
  if (posted_.completions.empty() && posted_.arrivals.empty() && !posted_.drain) {
    asleep_ = true;
    return false;
  }
  std::swap(batch, posted_);
  posted_.drain = false;
  return true;
}

bool Mailbox::wake_needed() {
  return std::exchange(asleep_, false);
}

void AnswerPort::respond(std::uint64_t slot, Response response) noexcept {
  mailbox_->post(Completion{token_, slot, std::move(response)});
}

void AnswerPort::abandoned(std::uint64_t slot) noexcept {
  mailbox_->post(Completion{token_, slot, std::nullopt});
}

}  // namespace herald::http
