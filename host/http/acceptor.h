// The thread that accepts connections and hands them to the reactors.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/worker.h"
#include "http/listener.h"
#include "http/mailbox.h"
#include "http/population.h"
#include "observe/log.h"

namespace herald::http {

class Acceptor {
 public:
  // Connections beyond the cap that are accepted to be told so; beyond these, they wait in the kernel's backlog.
  static constexpr std::size_t kRefusals = 64;

  // Borrows; `mailboxes`, of which there is at least one, `population` and `log` outlive it.
  Acceptor(std::size_t max_connections, std::vector<Mailbox*> mailboxes, Population& population, observe::Log& log);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  base::Status start(Listener listener);
  // Closes the listening socket and joins. The thread that called start().
  void stop();

 private:
  void run();
  bool accept_one();
  bool wait_for_connection();
  bool pause();

  const std::size_t max_connections_;
  const std::vector<Mailbox*> mailboxes_;
  Population& population_;
  observe::Log& log_;
  std::optional<Listener> listener_;
  Socket stop_;  // an eventfd: readable once stop() was called
  base::Worker thread_;

  // The accepting thread only, while it runs.
  std::size_t next_mailbox_ = 0;
  bool exhaustion_reported_ = false;
};

}  // namespace herald::http
