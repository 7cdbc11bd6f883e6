// One thread that reads and writes connections: a Pistache reactor with a handler of our own. Its poller and its event
// loop are all that is taken from there: Pistache's Tcp::Peer can send only through Tcp::Transport, whose queue loses
// wake-ups and whose writes spin on a peer that does not read.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <pistache/reactor.h>

#include "base/result.h"
#include "base/worker.h"
#include "http/connection_table.h"
#include "http/mailbox.h"
#include "http/reactor_context.h"
#include "http/socket.h"

namespace herald::http {

class Reactor final : private Mailbox::Receiver {
 public:
  // Borrows; `around` outlives it.
  explicit Reactor(const Surroundings& around);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Starts its thread, named `name`. The error names what the system refused.
  base::Status start(const std::string& name);

  // Any thread, after start(). Connections and the drain order go in here.
  Mailbox& mailbox() { return *mailbox_; }

  // Ends the thread and closes what is left. The thread that called start().
  void stop();

 private:
  class Poller;

  void run();
  void on_ready(const Pistache::Aio::FdSet& reports);
  void report(const Pistache::Aio::FdSet::Entry& entry);
  void receive(Completion completion) override;
  void take_mail();
  void adopt(Arrival arrival);
  void tick();
  void arm_timer(bool on);
  void touch(ConnectionToken token);
  void serve_touched();
  void serve(ConnectionToken token);

  ReactorContext context_;
  std::chrono::nanoseconds tick_;
  std::shared_ptr<Mailbox> mailbox_;
  Socket timer_;
  std::shared_ptr<Pistache::Aio::Reactor> loop_;
  std::shared_ptr<Poller> poller_;
  base::Worker thread_;

  // The reactor's thread only, once it runs.
  ConnectionTable table_;
  Mailbox::Batch batch_;
  std::vector<ConnectionToken> touched_;  // to be served in this wake-up; may name one twice
  std::vector<ConnectionToken> serving_;
  std::vector<ConnectionToken> again_;  // to be served in the next wake-up
  std::uint64_t served_serial_ = 0;     // of the connection in service(); 0 outside of it
  bool timer_armed_ = false;
};

}  // namespace herald::http
