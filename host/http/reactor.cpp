#include "http/reactor.h"

#include <fcntl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace herald::http {
namespace {

namespace Aio = Pistache::Aio;
namespace Polling = Pistache::Polling;

// Outside of what ConnectionTable::poll_tag() gives.
constexpr std::uint64_t kWakeTag = ~std::uint64_t{0};
constexpr std::uint64_t kTimerTag = kWakeTag - 1;

// Rounds of mail in one wake-up: other threads that keep answering must not keep this one from its sockets.
constexpr int kMailRounds = 4;

// A deadline is met at most a quarter late, and at most this much.
std::chrono::nanoseconds tick_for(const Options& options) {
  const std::chrono::nanoseconds shortest =
      std::min({options.head_timeout, options.body_timeout, options.idle_timeout, options.send_timeout});
  return std::clamp<std::chrono::nanoseconds>(shortest / 4, std::chrono::milliseconds{5},
                                              std::chrono::milliseconds{100});
}

// Pistache's poller is made without O_CLOEXEC and has no accessor for its descriptor, which is its only member.
void close_on_exec(const Polling::Epoll& poller) {
  static_assert(std::is_standard_layout_v<Polling::Epoll> && sizeof(Polling::Epoll) == sizeof(Pistache::Fd));
  fcntl(*reinterpret_cast<const Pistache::Fd*>(&poller), F_SETFD, FD_CLOEXEC);
}

// An entry hides the one flag that tells of the peer's end: it derives privately from the event that has it.
bool peer_ended(const Aio::FdSet::Entry& entry) {
  static_assert(std::is_standard_layout_v<Aio::FdSet::Entry> && sizeof(Aio::FdSet::Entry) == sizeof(Polling::Event));
  return reinterpret_cast<const Polling::Event&>(entry).flags.hasFlag(Polling::NotifyOn::Shutdown);
}

}  // namespace

// What Pistache calls back.
class Reactor::Poller final : public Aio::Handler {
 public:
  explicit Poller(Reactor& owner) : owner_(owner) {}

  // handler->reactor() is still null here: what is polled from the start goes to the poller itself.
  void registerPoller(Polling::Epoll& poller) override {
    close_on_exec(poller);
    const Pistache::Flags<Polling::NotifyOn> read(Polling::NotifyOn::Read);
    poller.addFd(owner_.mailbox_->wake_fd(), read, Polling::Tag(kWakeTag), Polling::Mode::Edge);
    poller.addFd(owner_.timer_.fd(), read, Polling::Tag(kTimerTag), Polling::Mode::Edge);
  }

  // An exception would end the process: the loop above has no border of its own.
  void onReady(const Aio::FdSet& reports) override {
    try {
      owner_.on_ready(reports);
    } catch (const std::exception& error) {
      owner_.context_.log.error("http.reactor_failed", {{"error", error.what()}});
      owner_.mailbox_->wake();
    }
  }

  // Only a reactor with several threads asks for copies.
  std::shared_ptr<Aio::Handler> clone() const override {
    throw std::logic_error("herald::http::Reactor runs one thread and has nothing to clone");
  }

 private:
  Reactor& owner_;
};

Reactor::Reactor(const Surroundings& around) : context_(around), tick_(tick_for(around.options)) {}

Reactor::~Reactor() {
  stop();
}

base::Status Reactor::start(const std::string& name) {
  auto mailbox = Mailbox::make();
  if (!mailbox) return tl::make_unexpected(mailbox.error());
  mailbox_ = std::move(*mailbox);
  timer_ = Socket(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer_) {
    return base::fail(base::ErrorCode::kUnavailable, "cannot make a timerfd: " + system_message(errno) +
                                                         "; raise the limit of open files (ulimit -n)");
  }
  try {
    loop_ = Aio::Reactor::create();
    loop_->init();
    poller_ = std::make_shared<Poller>(*this);
    loop_->addHandler(poller_);
    thread_ = base::Worker(name, [this] { run(); });
  } catch (const std::exception& error) {
    return base::fail(base::ErrorCode::kUnavailable,
                      std::string("cannot start a reactor: ") + error.what() +
                          "; raise the limits of open files and threads (ulimit -n, -u)");
  }
  return {};
}

void Reactor::stop() {
  if (!loop_) return;
  loop_->shutdown();
  thread_.join();
  loop_.reset();
}

void Reactor::run() {
  mailbox_->attach(*this);
  try {
    loop_->run();
  } catch (const std::exception& error) {
    context_.log.error("http.reactor_failed", {{"error", error.what()}});
  }
  table_.clear();
  mailbox_->detach();
}

void Reactor::on_ready(const Aio::FdSet& reports) {
  context_.now = context_.clock.mono();
  mailbox_->awake();
  touched_.swap(again_);
  for (const auto& entry : reports) {
    if (entry.getTag().value() == kTimerTag) {
      tick();
    } else if (entry.getTag().value() != kWakeTag) {
      report(entry);
    }
  }
  serve_touched();
  for (int round = 0; mailbox_->collect(batch_); ++round) {
    take_mail();
    serve_touched();
    if (round == kMailRounds) {
      mailbox_->wake();
      return;
    }
  }
  if (!again_.empty()) mailbox_->wake();
}

void Reactor::report(const Aio::FdSet::Entry& entry) {
  const auto tag = entry.getTag().value();
  auto* const connection = table_.find_tag(tag);
  if (connection == nullptr) return;
  Connection::Report report{entry.isReadable(), entry.isWritable(), peer_ended(entry), entry.isHangup()};
  // EPOLLERR alone comes as no flag at all: a read tells.
  if (!report.readable && !report.writable && !report.peer_ended) report.readable = true;
  connection->note(report);
  touch(table_.token_of(tag));
}

void Reactor::receive(Completion completion) {
  auto* const connection = table_.find(completion.to);
  if (connection == nullptr) return;  // the client has gone
  connection->settle(completion.slot, std::move(completion.response));
  // The one that is being served goes on by itself.
  if (completion.to.serial != served_serial_) touch(completion.to);
}

void Reactor::take_mail() {
  for (auto& arrival : batch_.arrivals)
    adopt(std::move(arrival));
  for (auto& completion : batch_.completions)
    receive(std::move(completion));
  if (std::exchange(batch_.drain, false)) {
    context_.draining = true;
    table_.for_each([this](ConnectionToken token, Connection&) { touch(token); });
  }
  batch_.arrivals.clear();
  batch_.completions.clear();
}

void Reactor::adopt(Arrival arrival) {
  const int fd = arrival.socket.fd();
  auto connection = std::make_unique<Connection>(context_, std::move(arrival.socket), numeric_address(arrival.address),
                                                 std::move(arrival.seat));
  const auto token = table_.insert(std::move(connection));
  auto& adopted = *table_.find(token);
  adopted.deliver_through(std::make_shared<AnswerPort>(mailbox_, token));
  if (!timer_armed_) arm_timer(true);
  try {
    const auto interest = Polling::NotifyOn::Read | Polling::NotifyOn::Write | Polling::NotifyOn::Shutdown;
    loop_->registerFd(poller_->key(), fd, interest, Polling::Tag(ConnectionTable::poll_tag(token)),
                      Polling::Mode::Edge);
  } catch (const std::exception& error) {
    context_.log.warn("http.connection_refused", {{"error", error.what()}});
    table_.erase(token);
    return;
  }
  if (arrival.refused) adopted.refuse_overload();
  touch(token);
}

void Reactor::tick() {
  std::uint64_t expirations = 0;
  if (read(timer_.fd(), &expirations, sizeof expirations) < 0) return;
  table_.for_each([this](ConnectionToken token, Connection& connection) {
    if (connection.expire()) touch(token);
  });
  if (table_.size() == 0) arm_timer(false);
}

// A reactor without connections sleeps.
void Reactor::arm_timer(bool on) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(tick_);
  itimerspec period{};
  if (on) period.it_interval = period.it_value = {seconds.count(), (tick_ - seconds).count()};
  timerfd_settime(timer_.fd(), 0, &period, nullptr);
  timer_armed_ = on;
}

void Reactor::touch(ConnectionToken token) {
  touched_.push_back(token);
}

void Reactor::serve_touched() {
  // An answer given within one connection's service may touch another.
  while (!touched_.empty()) {
    serving_.swap(touched_);
    for (const auto token : serving_)
      serve(token);
    serving_.clear();
  }
}

void Reactor::serve(ConnectionToken token) {
  auto* const connection = table_.find(token);
  if (connection == nullptr) return;
  auto state = Connection::State::kClosed;
  served_serial_ = token.serial;
  try {
    state = connection->service();
  } catch (const std::exception& error) {
    context_.log.error("http.connection_failed", {{"error", error.what()}});
  }
  served_serial_ = 0;
  if (state == Connection::State::kClosed) table_.erase(token);
  if (state == Connection::State::kAgain) again_.push_back(token);
}

}  // namespace herald::http
