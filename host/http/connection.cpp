#include "http/connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

#include "http/request_id.h"

namespace herald::http {
namespace {

// Reads of one wake-up: a busy client must not starve the others of its reactor.
constexpr int kReadsPerService = 16;

constexpr const char* kDropped = "the responder was dropped without an answer";

constexpr FramingFault kInternalError{500, "internal_error", "The request could not be answered."};

}  // namespace

Connection::Connection(ReactorContext& context, Socket socket, std::string remote_address, Seat seat)
    : context_(context),
      socket_(std::move(socket)),
      remote_address_(std::move(remote_address)),
      seat_(std::move(seat)),
      framer_(FramingLimits{context.options.max_head_bytes, context.options.max_body_bytes}),
      phase_since_(context.now) {}

void Connection::note(const Report& report) {
  readable_ = readable_ || report.readable || report.peer_ended;
  writable_ = writable_ || report.writable;
  end_ahead_ = end_ahead_ || report.peer_ended;
  closed_ = closed_ || report.hung_up;
}

Connection::State Connection::service() {
  for (int reads = 0; !closed_; ++reads) {
    if (lingering_) return linger();
    write_ready_answers();
    if (!flush()) break;
    if (last_answer_ && !output_pending()) return end();
    if (reads == kReadsPerService) return State::kAgain;
    if (!take_input()) {
      const bool over = peer_done_ || (context_.draining && framer_.idle());
      if (over && nothing_owed() && unframed_.empty() && !readable_) break;
      return State::kOpen;
    }
  }
  return State::kClosed;
}

void Connection::settle(std::uint64_t slot, std::optional<Response> response) {
  auto* const place = answers_.awaiting(slot);
  if (place == nullptr) return;
  if (!response) {
    if (slot == handling_) {
      dropped_in_handle_ = true;  // by an exception, maybe, which says more: dispatch() knows
      return;
    }
    context_.faults.handler_failed(place->request_id, kDropped, context_.now);
    settle_with_fault(*place, kInternalError);
  } else if (!ResponseWriter::fits(*response)) {
    context_.faults.handler_failed(place->request_id, "the answer has a status or a field that HTTP cannot carry",
                                   context_.now);
    settle_with_fault(*place, kInternalError);
  } else {
    if (place->started != base::MonoTime{}) {
      context_.metrics.http_latency.observe(context_.clock.mono() - place->started);
    }
    answers_.settle(*place, std::move(*response));
  }
}

bool Connection::expire() {
  const auto& options = context_.options;
  const auto now = context_.now;
  if (lingering_) {
    closed_ = closed_ || now >= linger_until_;
  } else if (output_pending()) {
    closed_ = closed_ || now - send_since_ >= options.send_timeout;
  } else if (input_done_ || peer_done_) {
    return false;
  } else if (input_held() || continue_due_) {
    phase_since_ = now;  // it is this side that keeps the request from coming in
  } else if (phase_ == Phase::kIdle) {
    closed_ = closed_ || (answers_.waiting() == 0 && now - phase_since_ >= options.idle_timeout);
  } else if (now - phase_since_ >= (phase_ == Phase::kHead ? options.head_timeout : options.body_timeout)) {
    refuse(FramingFault{408, "request_timeout", "The request did not come in in time."});
    return true;
  }
  return closed_;
}

void Connection::refuse_overload() {
  refuse(FramingFault{503, "overloaded", "The server has as many connections as it can hold."});
}

// Takes what was read before and is still unframed, else reads. True when anything was taken.
bool Connection::take_input() {
  if (input_done_ || input_held()) return false;
  if (unframed_.empty()) return readable_ && read_some();
  std::string_view bytes(unframed_);
  frame(bytes);
  unframed_.erase(0, unframed_.size() - bytes.size());
  return true;
}

bool Connection::read_some() {
  auto& buffer = context_.read_buffer;
  const auto count = recv(socket_.fd(), buffer.data(), buffer.size(), 0);
  if (count < 0) {
    if (errno == EINTR) return true;
    readable_ = false;
    closed_ = errno != EAGAIN && errno != EWOULDBLOCK;
    return false;
  }
  if (count == 0) {
    readable_ = false;
    peer_done_ = true;
    return false;
  }
  // A read that leaves room took all there was, and more to come is a new report: no second read to learn it.
  if (static_cast<std::size_t>(count) < buffer.size() && !end_ahead_) readable_ = false;
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  frame(bytes);
  unframed_.assign(bytes);
  return true;
}

// Takes requests off `bytes` until they end or input is held.
void Connection::frame(std::string_view& bytes) {
  while (!bytes.empty() && !input_done_ && !input_held()) {
    std::size_t consumed = 0;
    const auto event = framer_.feed(bytes, consumed);
    bytes.remove_prefix(consumed);
    switch (event) {
      case Framer::Event::kMore:
        break;
      case Framer::Event::kContinue:
        check_expectation();
        break;
      case Framer::Event::kRequest:
        dispatch();
        break;
      case Framer::Event::kFault:
        if (framer_.fault().status != 417) context_.metrics.http_framing_errors.add();
        refuse(framer_.fault());
        break;
    }
    mark_phase();
  }
  if (input_done_) {
    peer_may_send_ = peer_may_send_ || !bytes.empty();
    bytes = {};
  }
}

// A deadline counts from the first byte of its part of the request.
void Connection::mark_phase() {
  const auto phase = framer_.idle() ? Phase::kIdle : framer_.in_body() ? Phase::kBody : Phase::kHead;
  if (phase != phase_ || phase == Phase::kIdle) phase_since_ = context_.now;
  phase_ = phase;
}

void Connection::dispatch() {
  continue_due_ = false;
  context_.metrics.http_requests.add();
  OwedAnswer* place = nullptr;
  const auto slot = open_place(place);
  place->started = context_.clock.mono();
  auto& request = framer_.request();
  request.request_id = place->request_id;
  request.remote_address = remote_address_;
  request.waited = place->started - context_.now;
  if (place->close) input_done_ = true;
  if (context_.log.enabled(observe::LogLevel::kDebug)) {
    place->method = request.method_text;
    place->path = context_.handler.loggable_path(request.path);
  }
  handling_ = slot;
  dropped_in_handle_ = false;
  std::optional<std::string> error;
  try {
    context_.handler.handle(request, Responder(port_, slot));
  } catch (const std::exception& exception) {
    error = exception.what();
  } catch (...) {
    error = "an exception that is no std::exception";
  }
  handling_ = kNoSlot;
  if (!error && dropped_in_handle_) error = kDropped;
  if (error) {
    context_.faults.handler_failed(place->request_id, *error, context_.now);
    if (auto* const open = answers_.awaiting(slot)) settle_with_fault(*open, kInternalError);
  }
  framer_.release_memory();
}

// RFC 9110 section 10.1.1: say before the body comes whether it is wanted.
void Connection::check_expectation() {
  auto& request = framer_.request();
  name_request(checked_id_);
  request.request_id = checked_id_;
  request.remote_address = remote_address_;
  std::optional<Response> refusal;
  try {
    refusal = context_.handler.check_head(request);
  } catch (const std::exception& error) {
    context_.faults.handler_failed(request.request_id, error.what(), context_.now);
    return refuse(kInternalError);
  } catch (...) {
    context_.faults.handler_failed(request.request_id, "an exception that is no std::exception", context_.now);
    return refuse(kInternalError);
  }
  if (!refusal) {
    continue_due_ = true;
    return;
  }
  OwedAnswer* place = nullptr;
  const auto slot = open_place(place);
  place->close = true;
  input_done_ = peer_may_send_ = true;
  settle(slot, std::move(refusal));
}

// The next place in the line, for the request in the framer.
std::uint64_t Connection::open_place(OwedAnswer*& place) {
  std::uint64_t slot = 0;
  auto& opened = answers_.open(slot);
  if (checked_id_.empty()) {
    name_request(opened.request_id);
  } else {
    opened.request_id.swap(checked_id_);
    checked_id_.clear();
  }
  opened.head_only = framer_.request().method == Method::kHead;
  opened.http10 = framer_.http10();
  opened.close = !framer_.keep_alive();
  place = &opened;
  return slot;
}

// The client's own name for the request in the framer, when that is fit, else a new one.
void Connection::name_request(std::string& id) {
  const auto sent = framer_.request().header("X-Request-Id");
  if (sent && is_request_id(*sent)) {
    id = *sent;
  } else {
    make_request_id(context_.random, id);
  }
}

void Connection::refuse(const FramingFault& fault) {
  OwedAnswer* place = nullptr;
  open_place(place);
  input_done_ = peer_may_send_ = true;
  settle_with_fault(*place, fault);
}

// Every fault ends the connection.
void Connection::settle_with_fault(OwedAnswer& place, const FramingFault& fault) {
  const Fault told{fault.status, fault.code, fault.detail, place.request_id};
  auto response = context_.handler.refuse(told);
  context_.faults.refused(told, remote_address_, context_.now);
  if (!ResponseWriter::fits(response)) {
    response = Response{};
    response.status = fault.status;
  }
  place.close = true;
  answers_.settle(place, std::move(response));
}

// While input is held, the peer's bytes stay in the kernel and its window closes.
bool Connection::input_held() const {
  if (last_answer_ || (context_.draining && answers_.waiting() > 0)) return true;
  return answers_.waiting() >= context_.options.max_pipelined ||
         out_.size() - out_sent_ + answers_.held_bytes() >= context_.options.max_pending_out_bytes;
}

}  // namespace herald::http
