// The sending half of a connection: answers to bytes, bytes to the socket, and its end.
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "http/connection.h"

namespace herald::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Memory of the out-buffer that a connection keeps between answers.
constexpr std::size_t kKeptOutBytes = 16U << 10U;

// How long, and how much, a client that was refused may still send while it gets round to reading why.
constexpr std::chrono::milliseconds kLingerTime{2000};
constexpr std::chrono::milliseconds kLingerTimeWhileDraining{250};
constexpr std::size_t kLingerBytes = 64U << 20U;

}  // namespace

void Connection::write_ready_answers() {
  while (auto* const place = answers_.ready()) {
    // While draining, the last that is owed is the last that is sent.
    place->close = place->close || place->answer->close || (context_.draining && answers_.waiting() == 1);
    context_.writer.append(out_, *place->answer,
                           AnswerContext{place->request_id, place->head_only, place->http10, place->close});
    finish(*place);
    const bool last = place->close;
    answers_.pop();
    phase_since_ = context_.now;
    if (last) {
      peer_may_send_ = peer_may_send_ || !input_done_;
      last_answer_ = input_done_ = true;
      continue_due_ = false;
      unframed_.clear();
      answers_.clear();
    }
  }
  if (continue_due_ && answers_.waiting() == 0) {
    out_.append(kContinue);
    continue_due_ = false;
    phase_since_ = context_.now;
  }
}

// The access line.
void Connection::finish(const OwedAnswer& place) {
  if (place.method.empty()) return;
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(context_.clock.mono() - place.started);
  context_.log.debug("http.request", {{"method", place.method},
                                      {"path", place.path},
                                      {"status", place.answer->status},
                                      {"duration_us", duration.count()},
                                      {"request_id", place.request_id}});
}

// Sends what the socket takes. False when the connection is broken.
bool Connection::flush() {
  if (!output_pending() || !writable_) return true;
  if (send_since_ == base::MonoTime{}) send_since_ = context_.now;
  while (output_pending()) {
    // MSG_NOSIGNAL: a peer that has gone is an error code, not a SIGPIPE.
    const auto count = send(socket_.fd(), out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (count >= 0) {
      out_sent_ += static_cast<std::size_t>(count);
      send_since_ = context_.now;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      writable_ = false;
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
  out_sent_ = 0;
  send_since_ = base::MonoTime{};
  if (out_.capacity() > kKeptOutBytes) {
    std::string().swap(out_);
  } else {
    out_.clear();
  }
  return true;
}

// The last answer has gone out. Closing with bytes unread would reset the connection and could take the answer away
// from a client that is still sending (RFC 9112 section 9.6): so stop sending, and read on for a while.
Connection::State Connection::end() {
  if (peer_done_ || !peer_may_send_) return State::kClosed;
  if (shutdown(socket_.fd(), SHUT_WR) != 0) return State::kClosed;
  lingering_ = true;
  readable_ = true;
  linger_until_ = context_.now + (context_.draining ? kLingerTimeWhileDraining : kLingerTime);
  return linger();
}

Connection::State Connection::linger() {
  static constexpr int kReads = 16;
  auto& buffer = context_.read_buffer;
  for (int reads = 0; readable_ && reads < kReads; ++reads) {
    const auto count = recv(socket_.fd(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      discarded_ += static_cast<std::size_t>(count);
      if (discarded_ > kLingerBytes) return State::kClosed;
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      readable_ = false;
    } else if (count == 0 || errno != EINTR) {
      return State::kClosed;
    }
  }
  return readable_ ? State::kAgain : State::kOpen;
}

}  // namespace herald::http
