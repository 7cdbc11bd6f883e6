#include "intake/intake.h"

#include <utility>

#include "intake/validation.h"

namespace herald::intake {

Intake::Intake(Options options, const Dependencies& dependencies) : options_(std::move(options)), to_(dependencies) {}

void Intake::accept(SendRequest request, std::string request_id, AcceptDone done) {
  const auto now = to_.clock.wall();
  auto checked = validate(std::move(request), options_, now);
  if (!checked) {
    to_.metrics.refused_invalid.add();
    return done(tl::make_unexpected(Refusal{Refusal::Reason::kInvalid, std::move(checked.error())}));
  }
  const auto channel = checked->content.channel;
  auto provider = to_.routes.route(channel);
  if (!provider) {
    to_.metrics.invalid_routing.add();
    to_.log.error("intake.provider_missing", {{"request_id", request_id}, {"channel", domain::to_string(channel)}});
    return done(tl::make_unexpected(Refusal{Refusal::Reason::kProviderMissing, {}}));
  }

  store::Accept command;
  command.message.content = std::move(checked->content);
  command.message.provider = *std::move(provider);
  command.message.request_id = request_id;
  command.message.normalized_from = std::move(checked->normalized_from);
  command.message.normalized_to = std::move(checked->normalized_to);
  command.message.accepted_at = now;
  command.message.expires_at = now + checked->ttl;
  command.done = [this, request_id = std::move(request_id), channel,
                  done = std::move(done)](const base::Result<domain::MessageId>& stored) {
    if (!stored) return done(tl::make_unexpected(refusal_of(stored.error(), request_id)));
    to_.metrics.accepted.add();
    if (to_.log.enabled(observe::LogLevel::kDebug)) {
      to_.log.debug(
          "intake.accepted",
          {{"message_id", stored->text()}, {"request_id", request_id}, {"channel", domain::to_string(channel)}});
    }
    done(*stored);
  };
  to_.writer.submit(std::move(command));
}

Refusal Intake::refusal_of(const base::Error& error, std::string_view request_id) {
  auto reason = Refusal::Reason::kInternal;
  if (error.code == base::ErrorCode::kExhausted) {
    to_.metrics.queue_full.add();
    reason = Refusal::Reason::kQueueFull;
  } else if (error.code == base::ErrorCode::kUnavailable) {
    reason = Refusal::Reason::kUnavailable;
  }
  // One line for an outage is the store's; one for each request would bury it.
  to_.log.debug("intake.not_stored", {{"request_id", request_id}, {"error", error.message}});
  return Refusal{reason, {}};
}

}  // namespace herald::intake
