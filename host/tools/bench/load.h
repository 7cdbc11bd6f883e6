// The generator: keeps connections busy, or sends at a steady rate, and counts what comes back.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tools/bench/connection.h"
#include "tools/bench/request_source.h"
#include "tools/bench/schedule.h"
#include "tools/bench/tally.h"

namespace herald::tools::bench {

struct Progress {
  std::chrono::nanoseconds since_start{};  // warm-up and all
  bool warming = false;
  const Tally* tally = nullptr;
};

// Called on the generator's thread, a few times a second.
struct Watcher {
  std::function<bool()> interrupted;
  std::function<void(const Progress&)> show;
};

// What epoll stands on.
class Epoll {
 public:
  Epoll();
  ~Epoll();
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// One thread, which run() is called on; once. In the closed loop each connection sends as soon as it has its answer. In
// the open loop request n is due at its moment, waits for a free connection when there is none, and its latency counts
// from that moment: what the target holds up shows, and is not left out.
class Load {
 public:
  Load(const Options& options, const Address& address, RequestSource& source, const base::Clock& clock);

  // Until all is done or `interrupted`. The error: nobody answers there, from the start or any more.
  base::Result<Tally> run(const Watcher& watcher);

 private:
  base::Status connect_all(const Watcher& watcher);
  void begin();
  void send_what_is_due();
  bool take_turn(base::MonoTime& due);
  void wait();
  void on_event(Connection& connection, std::uint32_t events);
  void count_answer(const Connection& connection);
  void count_fault(const Connection& connection, Fault fault);
  bool counts(base::MonoTime due) const { return due >= measured_from_; }
  base::Status tick(const Watcher& watcher);
  void reopen_closed();
  void give_up_late();
  bool all_given() const;
  void close_books();
  base::Error unreachable(const char* what) const;

  const Options options_;
  const Address address_;
  RequestSource& source_;
  const base::Clock& clock_;
  const Epoll epoll_;

  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> idle_;
  std::size_t open_ = 0;  // idle or busy
  std::size_t busy_ = 0;
  int last_error_ = 0;

  base::MonoTime now_{};
  base::MonoTime began_{};
  base::MonoTime measured_from_{};
  base::MonoTime ends_{};  // no request is due from here on
  base::MonoTime next_tick_{};
  base::MonoTime last_open_{};  // when some connection was last open
  base::MonoTime last_answer_{};
  std::optional<Schedule> schedule_;  // of the open loop
  std::uint64_t turns_ = 0;           // requests given out, warm-up and all
  bool stopped_ = false;
  Tally tally_;
};

}  // namespace herald::tools::bench
