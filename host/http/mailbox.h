// The way into a reactor from other threads: answers, new connections, orders. It outlives its reactor, because a
// Responder may outlive the server.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "http/handler.h"
#include "http/message.h"
#include "http/population.h"
#include "http/socket.h"

namespace herald::http {

// A weak reference to a connection: whether it still lives is decided on its reactor. The serial is never given twice,
// so a connection that has the index (or the descriptor) of an earlier one is not taken for it.
struct ConnectionToken {
  std::uint32_t index = 0;
  std::uint64_t serial = 0;
};

struct Completion {
  ConnectionToken to;
  std::uint64_t slot = 0;
  std::optional<Response> response;  // nothing: the responder was dropped unused
};

struct Arrival {
  Socket socket;
  sockaddr_storage address{};
  Seat seat;
  bool refused = false;  // over the connection cap: it gets a 503
};

class Mailbox {
 public:
  // Takes answers that are given on the reactor's own thread, without a lock and without a wake-up.
  class Receiver {
   public:
    virtual void receive(Completion completion) = 0;

   protected:
    ~Receiver() = default;
  };

  struct Batch {
    std::vector<Completion> completions;
    std::vector<Arrival> arrivals;
    bool drain = false;
  };

  static base::Result<std::shared_ptr<Mailbox>> make();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread. After detach() what is posted is dropped.
  void post(Completion completion) HERALD_EXCLUDES(mutex_);
  void post(Arrival arrival) HERALD_EXCLUDES(mutex_);
  void order_drain() HERALD_EXCLUDES(mutex_);

  // An eventfd for edge-triggered polling: it is written, never read.
  int wake_fd() const { return wake_.fd(); }
  void wake() const;

  // The reactor's thread: attach before the first poll, detach after the last.
  void attach(Receiver& receiver);
  void detach() HERALD_EXCLUDES(mutex_);

  // The reactor's thread, when it wakes: until collect() finds nothing, posting needs no wake-up.
  void awake() HERALD_EXCLUDES(mutex_);
  // The reactor's thread: takes all that was posted into `batch`, whose vectors must be empty and keep their memory.
  // False when there was nothing; then the next post wakes the reactor.
  bool collect(Batch& batch) HERALD_EXCLUDES(mutex_);

 private:
  explicit Mailbox(Socket wake) : wake_(std::move(wake)) {}
  bool wake_needed() HERALD_REQUIRES(mutex_);

  const Socket wake_;
  Receiver* receiver_ = nullptr;  // the reactor's thread only

  base::Mutex mutex_;
  Batch posted_ HERALD_GUARDED_BY(mutex_);
  bool asleep_ HERALD_GUARDED_BY(mutex_) = true;
  bool detached_ HERALD_GUARDED_BY(mutex_) = false;
};

// What the responders of one connection hold.
class AnswerPort final : public Responder::Sink {
 public:
  AnswerPort(std::shared_ptr<Mailbox> mailbox, ConnectionToken token) : mailbox_(std::move(mailbox)), token_(token) {}

  void respond(std::uint64_t slot, Response response) noexcept override;
  void abandoned(std::uint64_t slot) noexcept override;

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  const ConnectionToken token_;
};

}  // namespace herald::http
