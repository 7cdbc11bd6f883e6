#include "tools/bench/load.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace herald::tools::bench {
namespace {

constexpr std::chrono::milliseconds kTick{100};

}  // namespace

Epoll::Epoll() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Epoll::~Epoll() {
  ::close(fd_);
}

Load::Load(const Options& options, const Address& address, RequestSource& source, const base::Clock& clock)
    : options_(options), address_(address), source_(source), clock_(clock) {
  for (unsigned i = 0; i < options.connections; ++i)
    connections_.push_back(std::make_unique<Connection>(epoll_.fd()));
}

base::Error Load::unreachable(const char* what) const {
  const std::string why = last_error_ != 0 ? std::generic_category().message(last_error_) : "no answer";
  return {base::ErrorCode::kUnavailable, what + (" " + options_.target.authority()) + ": " + why +
                                             "; is the host running there? `herald` starts one, and its log's line "
                                             "http.listening tells its port"};
}

base::Result<Tally> Load::run(const Watcher& watcher) {
  if (const auto connected = connect_all(watcher); !connected) return tl::make_unexpected(connected.error());
  begin();
  while (!all_given() || busy_ > 0) {
    send_what_is_due();
    wait();
    if (now_ < next_tick_) continue;
    next_tick_ = now_ + kTick;
    if (const auto alive = tick(watcher); !alive) return tl::make_unexpected(alive.error());
  }
  close_books();
  return std::move(tally_);
}

// Before the time runs, so that a new connection's handshake is in nobody's latency.
base::Status Load::connect_all(const Watcher& watcher) {
  now_ = last_open_ = clock_.mono();
  const auto patience = now_ + options_.timeout;
  for (auto& connection : connections_) {
    if (!connection->open(address_)) last_error_ = connection->connect_error();
  }
  next_tick_ = now_ + kTick;
  while (open_ < connections_.size() && last_error_ == 0 && now_ < patience && !watcher.interrupted())
    wait();
  if (open_ == connections_.size()) return {};
  if (open_ == 0) return tl::make_unexpected(unreachable("nothing can be sent to"));
  auto error = unreachable("not every connection can be opened to");
  error.message =
      std::to_string(open_) + " of " + std::to_string(connections_.size()) + " connections stand: " + error.message;
  return tl::make_unexpected(std::move(error));
}

void Load::begin() {
  began_ = now_ = last_open_ = last_answer_ = clock_.mono();
  measured_from_ = began_ + options_.warmup;
  ends_ = options_.requests ? base::MonoTime::max() : measured_from_ + options_.duration;
  next_tick_ = began_ + kTick;
  if (options_.rate) schedule_.emplace(began_, *options_.rate);
}

// Whether a further request may go out now, and the moment that its latency counts from.
bool Load::take_turn(base::MonoTime& due) {
  if (all_given()) return false;
  due = schedule_ ? schedule_->due(turns_) : now_;
  if (due > now_ || due >= ends_) return false;
  ++turns_;
  return true;
}

void Load::send_what_is_due() {
  base::MonoTime due;
  while (!idle_.empty() && take_turn(due)) {
    Connection& connection = *idle_.front();
    idle_.pop_front();
    source_.next(connection.out());
    if (counts(due)) ++tally_.sent;
    if (connection.send(due, now_)) {
      ++busy_;
    } else {
      --open_;
      count_fault(connection, Fault::kClosed);
    }
  }
}

void Load::wait() {
  auto until = next_tick_;
  if (schedule_ && !idle_.empty() && !all_given()) until = std::min(until, schedule_->due(turns_));
  if (ends_ > now_) until = std::min(until, ends_);
  const auto left = std::max(until - now_, std::chrono::nanoseconds{0});
  timespec patience{};
  patience.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  patience.tv_nsec = (left % std::chrono::seconds{1}).count();
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_pwait2(epoll_.fd(), events.data(), static_cast<int>(events.size()), &patience, nullptr);
  now_ = clock_.mono();
  for (int i = 0; i < count; ++i) {
    const auto& event = events.at(static_cast<std::size_t>(i));
    on_event(*static_cast<Connection*>(event.data.ptr), event.events);
  }
}

void Load::on_event(Connection& connection, std::uint32_t events) {
  const auto before = connection.state();
  const auto event = connection.on_ready(events);
  if (event == Connection::Event::kNothing) return;
  now_ = clock_.mono();
  if (event == Connection::Event::kOpened) {
    ++open_;
    last_error_ = 0;
  }
  if (before == Connection::State::kBusy) --busy_;
  if (event == Connection::Event::kAnswer) count_answer(connection);
  if (before == Connection::State::kBusy && event == Connection::Event::kClosed)
    count_fault(connection, Fault::kClosed);
  if (event == Connection::Event::kMalformed) count_fault(connection, Fault::kMalformed);
  if (connection.state() == Connection::State::kIdle) {
    idle_.push_back(&connection);
    return;
  }
  if (before == Connection::State::kConnecting) {
    last_error_ = connection.connect_error();
    return;
  }
  --open_;
  if (before == Connection::State::kIdle) idle_.erase(std::find(idle_.begin(), idle_.end(), &connection));
  // At once when it served, so that a peer that closes behind each answer is measured as it is.
  if (event == Connection::Event::kAnswer && connection.open(address_)) ++tally_.reconnected;
}

void Load::count_answer(const Connection& connection) {
  last_answer_ = now_;
  if (!counts(connection.due())) return;
  const auto& reader = connection.reader();
  const bool good = reader.status() >= 200 && reader.status() < 300;
  if (!good) {
    ++tally_.refused[reader.status()];
  } else if (reader.replayed()) {
    ++tally_.replayed;
  } else {
    ++tally_.good;
    tally_.latency.add(now_ - connection.due());
  }
}

void Load::count_fault(const Connection& connection, Fault fault) {
  if (!counts(connection.due())) return;
  ++tally_.fault(fault);
  if (fault == Fault::kTimeout) tally_.latency.add(now_ - connection.due());
}

base::Status Load::tick(const Watcher& watcher) {
  stopped_ = stopped_ || watcher.interrupted();
  give_up_late();
  reopen_closed();
  if (open_ > 0) last_open_ = now_;
  if (now_ - last_open_ > options_.timeout) return tl::make_unexpected(unreachable("the target has gone:"));
  tally_.elapsed = std::max(now_ - measured_from_, std::chrono::nanoseconds{0});
  watcher.show({now_ - began_, now_ < measured_from_, &tally_});
  return {};
}

void Load::give_up_late() {
  for (auto& connection : connections_) {
    if (connection->state() != Connection::State::kBusy || now_ - connection->sent_at() < options_.timeout) continue;
    connection->close();
    --busy_;
    --open_;
    count_fault(*connection, Fault::kTimeout);
  }
}

void Load::reopen_closed() {
  for (auto& connection : connections_) {
    if (connection->state() != Connection::State::kClosed) continue;
    if (connection->open(address_)) {
      ++tally_.reconnected;
    } else {
      last_error_ = connection->connect_error();
    }
  }
}

bool Load::all_given() const {
  return stopped_ || now_ >= ends_ || (options_.requests && turns_ == *options_.requests);
}

// What was due and never went out has waited until now.
void Load::close_books() {
  for (; schedule_ && !stopped_ && !options_.requests && schedule_->due(turns_) < ends_; ++turns_) {
    if (!counts(schedule_->due(turns_))) continue;
    ++tally_.fault(Fault::kUnsent);
    tally_.latency.add(now_ - schedule_->due(turns_));
  }
  tally_.elapsed = std::max(last_answer_ - measured_from_, std::chrono::nanoseconds{0});
}

}  // namespace herald::tools::bench
