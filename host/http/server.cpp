#include "http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/acceptor.h"
#include "http/listener.h"
#include "http/population.h"
#include "http/reactor.h"

namespace herald::http {
namespace {

// Descriptors that are left to the rest of the process: the store, plugins, the reactors' own.
constexpr std::size_t kReservedDescriptors = 128;

// The cap that the limit of open files leaves room for.
std::size_t fitting_cap(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  const auto descriptors = static_cast<std::size_t>(limit.rlim_cur);
  const auto reserved = std::min(kReservedDescriptors + Acceptor::kRefusals, descriptors * 3 / 4);
  return std::max<std::size_t>(1, std::min(wanted, descriptors - reserved));
}

}  // namespace

struct Server::Impl {
  Impl(Options given, Handler& handler, const base::Clock& clock, observe::Log& log, observe::Metrics& metrics)
      : options(std::move(given)), around{options, handler, clock, log, metrics}, population(metrics) {}

  const Options options;
  const Surroundings around;
  // Outlives the connections, which are counted in it.
  Population population;
  std::vector<std::unique_ptr<Reactor>> reactors;
  std::optional<Acceptor> acceptor;
  std::uint16_t port = 0;
};

Server::Server(Options options, Handler& handler, const base::Clock& clock, observe::Log& log,
               observe::Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), handler, clock, log, metrics)) {}

Server::~Server() {
  stop(std::chrono::milliseconds{0});
}

base::Status Server::start() {
  auto listener = Listener::open(impl_->options.host, impl_->options.port);
  if (!listener) return tl::make_unexpected(listener.error());
  impl_->port = listener->port();

  const auto cap = fitting_cap(impl_->options.max_connections);
  if (cap < impl_->options.max_connections) {
    impl_->around.log.warn("http.connections_capped", {{"wanted", impl_->options.max_connections},
                                                       {"cap", cap},
                                                       {"cure", "raise the limit of open files (ulimit -n)"}});
  }
  std::vector<Mailbox*> mailboxes;
  for (std::size_t index = 0; index < std::max<std::size_t>(1, impl_->options.reactors); ++index) {
    auto& reactor = impl_->reactors.emplace_back(std::make_unique<Reactor>(impl_->around));
    if (auto started = reactor->start("http-" + std::to_string(index)); !started) {
      stop(std::chrono::milliseconds{0});
      return started;
    }
    mailboxes.push_back(&reactor->mailbox());
  }
  impl_->acceptor.emplace(cap, std::move(mailboxes), impl_->population, impl_->around.log);
  if (auto started = impl_->acceptor->start(std::move(*listener)); !started) {
    stop(std::chrono::milliseconds{0});
    return started;
  }
  return {};
}

std::uint16_t Server::port() const {
  return impl_->port;
}

// Order: no new connections; idle ones close and owed answers go out; the reactors end and take the rest with them.
void Server::stop(std::chrono::milliseconds timeout) {
  impl_->acceptor.reset();
  if (impl_->reactors.empty()) return;
  if (timeout > std::chrono::milliseconds::zero()) {
    for (const auto& reactor : impl_->reactors)
      reactor->mailbox().order_drain();
    if (!impl_->population.wait_until_empty(impl_->around.clock, timeout)) {
      impl_->around.log.warn("http.stopped_with_connections", {{"open", impl_->population.size()}});
    }
  }
  for (const auto& reactor : impl_->reactors)
    reactor->stop();
  impl_->reactors.clear();
}

}  // namespace herald::http
