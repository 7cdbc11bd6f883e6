#include "tools/check/ledger.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "tools/check/shelf.h"

namespace herald::tools::check {
namespace {

using SteadyClock = std::chrono::steady_clock;

Shelf<Ledger>& shelf() {
  static auto* const kShelf = new Shelf<Ledger>();
  return *kShelf;
}

// An odd multiplier: distinct counts give distinct numbers, and its inverse modulo 2^64 gives the count back (Knuth,
// The Art of Computer Programming, 6.4).
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kInverse = 0xF1DE83E19937733DULL;
static_assert(kMultiplier * kInverse == 1);

std::atomic<std::uint64_t> given_out{0};

bool is_given_out(std::uint64_t item) {
  const std::uint64_t count = item * kInverse;
  return count >= 1 && count <= given_out;
}

}  // namespace

Ledger& Ledger::open(Inspect inspect) {
  return shelf().keep(std::unique_ptr<Ledger>(new Ledger(std::move(inspect))));
}

Ledger::Ledger(Inspect inspect) : inspect_(std::move(inspect)) {
  table_.struct_size = sizeof table_;
  table_.context = this;
  table_.complete = &complete;
}

void Ledger::expect(std::uint64_t item, TakeBack take_back) {
  const base::MutexLock lock(mutex_);
  entries_.emplace(item, Entry{std::move(take_back), 0, false});
  ++expected_;
}

void Ledger::refuse(std::uint64_t item) {
  const base::MutexLock lock(mutex_);
  Entry& entry = entries_.at(item);
  entry.refused = true;
  --expected_;
  refused_ += entry.times;
  if (entry.times > 0) --completed_;
}

std::uint64_t Ledger::next_item() {
  return ++given_out * kMultiplier;
}

void Ledger::close() {
  const base::MutexLock lock(mutex_);
  closed_ = true;
}

bool Ledger::wait_for_all(std::chrono::milliseconds within) {
  const base::MutexLock lock(mutex_);
  const auto until = SteadyClock::now() + within;
  while (completed_ < expected_) {
    const auto left = until - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) return false;
    changed_.wait_for(mutex_, left);
  }
  return true;
}

bool Ledger::wait_for_late(std::chrono::milliseconds within) {
  const base::MutexLock lock(mutex_);
  const auto until = SteadyClock::now() + within;
  while (late_ == 0) {
    const auto left = until - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) return false;
    changed_.wait_for(mutex_, left);
  }
  return true;
}

std::size_t Ledger::expected() const {
  const base::MutexLock lock(mutex_);
  return expected_;
}

std::size_t Ledger::outstanding() const {
  const base::MutexLock lock(mutex_);
  return expected_ - completed_;
}

std::size_t Ledger::completed() const {
  const base::MutexLock lock(mutex_);
  return completed_;
}

std::size_t Ledger::repeated() const {
  const base::MutexLock lock(mutex_);
  return repeated_;
}

std::size_t Ledger::unknown() const {
  const base::MutexLock lock(mutex_);
  return unknown_;
}

std::size_t Ledger::crossed() const {
  const base::MutexLock lock(mutex_);
  return crossed_;
}

std::size_t Ledger::refused() const {
  const base::MutexLock lock(mutex_);
  return refused_;
}

std::size_t Ledger::without_context() {
  return shelf().without_context();
}

// The border: called by plugins. What is thrown here is memory that has run out, and that ends the process.
void Ledger::complete(void* context, std::uint64_t item, const herald_outcome* outcome) noexcept {
  Ledger* const ledger = shelf().find(context);
  if (ledger != nullptr) ledger->take(item, outcome);
}

void Ledger::take(std::uint64_t item, const herald_outcome* outcome) {
  const base::MutexLock lock(mutex_);
  if (closed_) ++late_;
  changed_.notify_all();
  const auto found = entries_.find(item);
  if (found == entries_.end()) {
    ++(is_given_out(item) ? crossed_ : unknown_);
    return;
  }
  Entry& entry = found->second;
  ++entry.times;
  if (entry.refused) {
    ++refused_;
  } else if (entry.times > 1) {
    ++repeated_;
  } else {
    ++completed_;
    if (inspect_) inspect_(outcome);
    if (entry.take_back) entry.take_back();
  }
}

}  // namespace herald::tools::check
