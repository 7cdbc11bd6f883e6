// The connections to one server, lent to the threads that send.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "session.h"
#include "settings.h"

namespace smtp {

/// At most `connections` sessions, each lent to one thread at a time; the one used last is lent first, so that what a
/// quiet hour does not need grows old and closes.
///
/// Threading: any. Must outlive its loans.
class Pool {
 public:
  /// A borrowed session; goes back when it is destroyed.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<Session> session) : pool_(pool), session_(std::move(session)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.take_back(std::move(session_)); }

    /// False when none was free in time.
    explicit operator bool() const { return session_ != nullptr; }
    Session& operator*() const { return *session_; }
    Session* operator->() const { return session_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<Session> session_;
  };

  explicit Pool(Settings settings) : settings_(std::move(settings)) {}

  const Settings& settings() const { return settings_; }

  /// Waits for a free session at most `patience`. Throws as Session's constructor does.
  Loan borrow(std::chrono::milliseconds patience);

 private:
  void take_back(std::unique_ptr<Session> session);

  const Settings settings_;
  std::mutex mutex_;  // guards all below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Session>> idle_;
  unsigned lent_ = 0;
};

}  // namespace smtp
