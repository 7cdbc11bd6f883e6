// One client's connection: bytes in, requests to the handler, answers in order, bytes out. Not blocking, and bounded in
// what it holds: it reads no further while answers wait or cannot be sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/answer_queue.h"
#include "http/framing.h"
#include "http/handler.h"
#include "http/population.h"
#include "http/reactor_context.h"
#include "http/socket.h"

namespace herald::http {

// On its reactor's thread only. Polled edge-triggered: it remembers what the socket last reported.
class Connection {
 public:
  enum class State {
    kOpen,    // waits for the socket, for an answer or for its deadline
    kAgain,   // has had its share of this wake-up, and there is more to do
    kClosed,  // to be destroyed
  };

  // `remote_address` is numeric.
  Connection(ReactorContext& context, Socket socket, std::string remote_address, Seat seat);

  // Where this connection's responders deliver; before the first service().
  void deliver_through(std::shared_ptr<Responder::Sink> port) { port_ = std::move(port); }

  // What the poller says of the socket; service() acts on it.
  struct Report {
    bool readable = false;
    bool writable = false;
    bool peer_ended = false;  // its last byte is in, or about to be read
    bool hung_up = false;     // both directions are over
  };
  void note(const Report& report);

  // Does all that can be done now without blocking.
  State service();

  // The answer for a request, or nothing when its responder was dropped. An unknown or answered slot is ignored.
  void settle(std::uint64_t slot, std::optional<Response> response);

  // Closes, or refuses with a 408, what has taken too long. True when service() is due.
  bool expire();

  // Answers 503 whatever is asked, and ends.
  void refuse_overload();

  int fd() const { return socket_.fd(); }

 private:
  enum class Phase { kIdle, kHead, kBody };
  static constexpr std::uint64_t kNoSlot = ~std::uint64_t{0};

  bool take_input();
  bool read_some();
  void frame(std::string_view& bytes);
  void dispatch();
  void check_expectation();
  std::uint64_t open_place(OwedAnswer*& place);
  void name_request(std::string& id);
  void refuse(const FramingFault& fault);
  void settle_with_fault(OwedAnswer& place, const FramingFault& fault);

  void write_ready_answers();
  void finish(const OwedAnswer& place);
  bool flush();
  State end();
  State linger();
  void mark_phase();

  bool input_held() const;
  bool output_pending() const { return out_sent_ < out_.size(); }
  bool nothing_owed() const { return answers_.waiting() == 0 && !output_pending(); }

  ReactorContext& context_;
  const Socket socket_;
  const std::string remote_address_;
  const Seat seat_;
  std::shared_ptr<Responder::Sink> port_;

  Framer framer_;
  AnswerQueue answers_;
  std::string unframed_;  // bytes read that wait until answers have gone
  std::string out_;
  std::size_t out_sent_ = 0;
  std::size_t discarded_ = 0;  // bytes thrown away while lingering

  std::uint64_t handling_ = kNoSlot;  // the slot whose request is in the handler at this moment
  bool dropped_in_handle_ = false;

  std::string checked_id_;  // the id under which the handler saw the head of the request being received

  bool readable_ = false;
  bool writable_ = true;
  bool end_ahead_ = false;      // the peer's end was reported: a short read does not mean that all was read
  bool peer_done_ = false;      // it has sent its last byte
  bool input_done_ = false;     // nothing more is read from it
  bool continue_due_ = false;   // "100 Continue" is owed, behind the answers before it
  bool last_answer_ = false;    // the answer being sent ends the connection
  bool peer_may_send_ = false;  // at the end, bytes of it may still come
  bool lingering_ = false;
  bool closed_ = false;

  Phase phase_ = Phase::kIdle;
  base::MonoTime phase_since_;
  base::MonoTime send_since_{};  // of the last progress
  base::MonoTime linger_until_{};
};

}  // namespace herald::http
