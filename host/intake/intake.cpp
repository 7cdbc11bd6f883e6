#include "intake/intake.h"

#include <utility>

#include "intake/request_digest.h"
#include "intake/validation.h"

namespace herald::intake {
namespace {

Refusal refused(Refusal::Reason reason, std::string detail = {}) {
  return {reason, {}, {}, std::move(detail)};
}

}  // namespace

Intake::Intake(Options options, const Dependencies& dependencies)
    : options_(std::move(options)),
      to_(dependencies),
      limiter_({options_.rate_limit_per_ip_per_min, options_.rate_limit_per_sender_per_min}, to_.limit_salt,
               to_.clock) {}

bool Intake::overloaded(std::chrono::nanoseconds waited) const {
  if (!to_.writer.overloaded(waited)) return false;
  to_.metrics.queue_full.add();
  return true;
}

void Intake::accept(SendRequest request, Origin origin, AcceptDone done) {
  const auto now = to_.clock.wall();
  const auto key = key_of(origin.idempotency_key, request);
  auto checked = validate(std::move(request), options_, now);
  if (!checked) {
    to_.metrics.refused_invalid.add();
    return done(tl::make_unexpected(Refusal{Refusal::Reason::kInvalid, std::move(checked.error()), {}, {}}));
  }
  auto passage = look_up(key, origin.request_id, now);
  if (!passage) return done(tl::make_unexpected(std::move(passage.error())));
  if (passage->replay) return done(Accepted{*passage->replay, true, {}});
  // A client that hears of a refusal may come again at once, and must not meet its own key.
  const auto refuse = [&](Refusal refusal) {
    if (passage->hold) passage->hold->release();
    done(tl::make_unexpected(std::move(refusal)));
  };
  auto limits = charge(origin, checked->normalized_from);
  if (!limits) return refuse(std::move(limits.error()));
  auto provider = route(checked->content.channel, origin.request_id);
  if (!provider) return refuse(std::move(provider.error()));

  store::Accept command;
  command.key = key;
  command.recoveries = passage->recoveries;
  command.message.content = std::move(checked->content);
  command.message.provider = *std::move(provider);
  command.message.request_id = origin.request_id;
  command.message.normalized_from = std::move(checked->normalized_from);
  command.message.normalized_to = std::move(checked->normalized_to);
  command.message.accepted_at = now;
  command.message.expires_at = now + checked->ttl;
  command.done = [this, request_id = std::move(origin.request_id), channel = command.message.content.channel,
                  limits = *std::move(limits), hold = std::move(passage->hold),
                  done = std::move(done)](const base::Result<domain::MessageId>& stored) {
    if (hold) hold->release();
    if (!stored) return done(tl::make_unexpected(refusal_of(stored.error(), request_id)));
    to_.metrics.accepted.add();
    if (to_.log.enabled(observe::LogLevel::kDebug)) {
      to_.log.debug(
          "intake.accepted",
          {{"message_id", stored->text()}, {"request_id", request_id}, {"channel", domain::to_string(channel)}});
    }
    done(Accepted{*stored, false, limits});
  };
  to_.writer.submit(std::move(command));
}

tl::expected<Intake::Passage, Refusal> Intake::look_up(const std::optional<domain::RequestKey>& key,
                                                       std::string_view request_id, base::WallTime now) {
  Passage passage;
  if (!key) return passage;
  auto hold = in_flight_.hold(key->key);
  if (!hold) return tl::make_unexpected(refused(Refusal::Reason::kKeyInFlight));
  passage.recoveries = to_.reader.recoveries();
  const auto use = to_.reader.find_key(key->key, now - options_.idempotency_ttl);
  if (!use) return tl::make_unexpected(refusal_of(use.error(), request_id));
  if (!*use) {
    passage.hold = std::make_shared<KeysInFlight::Hold>(*std::move(hold));
    return passage;
  }
  if ((*use)->request != key->request) return tl::make_unexpected(refused(Refusal::Reason::kKeyReused));
  passage.replay = (*use)->id;
  return passage;
}

tl::expected<Limits, Refusal> Intake::charge(const Origin& origin, std::string_view sender) {
  auto verdict = limiter_.charge(origin.remote_address, sender);
  if (verdict.admitted) return std::move(verdict.limits);
  to_.metrics.rate_limited.add();
  to_.log.debug("intake.rate_limited", {{"request_id", origin.request_id}});
  return tl::make_unexpected(Refusal{Refusal::Reason::kRateLimited, {}, std::move(verdict.limits), {}});
}

tl::expected<std::string, Refusal> Intake::route(domain::Channel channel, std::string_view request_id) {
  auto provider = to_.routes.route(channel);
  if (provider) return *std::move(provider);
  to_.metrics.invalid_routing.add();
  to_.log.error("intake.provider_missing", {{"request_id", request_id}, {"channel", domain::to_string(channel)}});
  std::string detail = "No provider serves the channel " + std::string(domain::to_string(channel)) +
                       "; the message was not taken. GET /api/providers shows which providers run; enable one that "
                       "offers this channel, or put its plugin into the plugin folder.";
  return tl::make_unexpected(refused(Refusal::Reason::kProviderMissing, std::move(detail)));
}

Refusal Intake::refusal_of(const base::Error& error, std::string_view request_id) {
  // One line for an outage is the store's; one for each request would bury it.
  to_.log.debug("intake.not_stored", {{"request_id", request_id}, {"error", error.message}});
  return refusal_by(error);
}

Refusal Intake::refusal_by(const base::Error& error) {
  const auto reason = reason_of(error);
  // It names the state of the client's own message; other errors of the store are for the log.
  return refused(reason, reason == Refusal::Reason::kConflict ? error.message : std::string());
}

Refusal::Reason Intake::reason_of(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kExhausted:
      to_.metrics.queue_full.add();
      return Refusal::Reason::kQueueFull;
    case base::ErrorCode::kUnavailable:
      return Refusal::Reason::kUnavailable;
    case base::ErrorCode::kNotFound:
      return Refusal::Reason::kNotFound;
    case base::ErrorCode::kConflict:
      return Refusal::Reason::kConflict;
    default:
      return Refusal::Reason::kInternal;
  }
}

}  // namespace herald::intake
