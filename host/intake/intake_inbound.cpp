// What carriers bring: through the host's own webhooks, and through plugins.
#include <algorithm>
#include <array>
#include <utility>

#include "base/id_time.h"
#include "intake/inbound_validation.h"
#include "intake/intake.h"
#include "intake/request_digest.h"

namespace herald::intake {
namespace {

constexpr std::size_t kFaultsInALine = 8;

// The fields that the contract names; a pointer to any other is a client's own words and stays out of the log.
constexpr std::array<std::string_view, 14> kFields{"messages",
                                                   "receipts",
                                                   "channel",
                                                   "type",
                                                   "from",
                                                   "to",
                                                   "subject",
                                                   "body",
                                                   "attachments",
                                                   "timestamp",
                                                   "xillio_id",
                                                   "messaging_provider_id",
                                                   "provider_message_id",
                                                   "error_code"};

bool is_index(std::string_view token) {
  constexpr std::size_t kMaxDigits = 4;
  return token.size() <= kMaxDigits &&
         std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_loggable(std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    if (std::find(kFields.begin(), kFields.end(), token) == kFields.end() && !is_index(token)) return false;
    pointer.remove_prefix(token.size());
  }
  return true;
}

std::string text_of(const Faults& faults) {
  std::string text;
  const auto& list = faults.list();
  for (std::size_t i = 0; i < std::min(list.size(), kFaultsInALine); ++i) {
    if (!text.empty()) text += "; ";
    const auto& pointer = list[i].pointer;
    if (!pointer.empty()) text.append(is_loggable(pointer) ? pointer : "/(another field)").append(" ");
    text += list[i].message;
  }
  if (list.size() > kFaultsInALine) text += "; and " + std::to_string(list.size() - kFaultsInALine) + " more";
  return text;
}

}  // namespace

void Intake::receive(InboundRequest request, Origin origin, AcceptDone done) {
  const auto now = to_.clock.wall();
  const auto source = request.source;
  const auto key = origin.delivery ? domain::RequestKey{digest_of_delivery(origin.delivery->id), digest_of(request)}
                                   : key_of(origin.idempotency_key, request);
  auto message = validate(std::move(request), options_, now);
  if (!message) {
    refused_inbound(source, origin.request_id, text_of(message.error()));
    return done(tl::make_unexpected(Refusal{Refusal::Reason::kInvalid, std::move(message.error()), {}, {}}));
  }
  auto passage = look_up(key, origin.request_id, now);
  if (!passage) return done(tl::make_unexpected(std::move(passage.error())));
  if (passage->replay && is_recording(origin, *passage->replay)) {
    to_.metrics.webhooks_replayed.add();
    to_.log.warn("inbound.replayed", {{"request_id", origin.request_id}, {"source", to_string(source)}});
    return done(tl::make_unexpected(Refusal{Refusal::Reason::kReplayed, {}, {}, {}}));
  }
  if (passage->replay) {
    to_.metrics.inbound_duplicate.add();
    return done(Accepted{*passage->replay, true, {}});
  }

  store::Receive command;
  command.source = to_string(source);
  command.key = key;
  command.recoveries = passage->recoveries;
  message->request_id = origin.request_id;
  command.messages.push_back(*std::move(message));
  command.done = [this, source, request_id = std::move(origin.request_id), hold = std::move(passage->hold),
                  done = std::move(done)](const base::Result<store::Received>& received) {
    if (hold) hold->release();
    if (!received) return done(tl::make_unexpected(refusal_of(received.error(), request_id)));
    count(*received, to_string(source), request_id);
    done(Accepted{received->messages.at(0).id, false, {}});
  };
  to_.writer.submit(std::move(command));
}

// A signature's time has whole seconds: what was signed in the second of the first one's arrival counts as a recording.
bool Intake::is_recording(const Origin& origin, domain::MessageId first) {
  return origin.delivery && origin.delivery->signed_at <= base::time_of(first);
}

void Intake::receive(domain::CarrierEvents events, std::function<void(base::Status)> done) {
  if (events.messages.empty() && events.receipts.empty()) return done({});
  store::Receive command;
  command.source = "provider/" + events.provider;
  command.provider = events.provider;
  auto request_id = events.request_id;
  auto checked = validate(std::move(events), options_, to_.clock.wall());
  if (!checked) {
    auto why = text_of(checked.error());
    log_refused(command.source, request_id, why);
    return done(base::fail(base::ErrorCode::kInvalid, std::move(why)));
  }
  for (auto& message : checked->messages)
    message.request_id = request_id;
  command.messages = std::move(checked->messages);
  command.receipts = std::move(checked->receipts);
  command.done = [this, source = command.source, request_id = std::move(request_id),
                  done = std::move(done)](const base::Result<store::Received>& received) {
    if (received) {
      count(*received, source, request_id);
      return done({});
    }
    auto error = received.error();
    to_.log.debug("intake.not_stored", {{"request_id", request_id}, {"source", source}, {"error", error.message}});
    // To a carrier a full queue is a host that cannot take it now.
    if (error.code == base::ErrorCode::kExhausted) error.code = base::ErrorCode::kUnavailable;
    done(tl::make_unexpected(std::move(error)));
  };
  to_.writer.submit(std::move(command));
}

void Intake::refused_inbound(InboundSource source, std::string_view request_id, std::string_view why) {
  to_.metrics.refused_invalid.add();
  log_refused(to_string(source), request_id, why);
}

void Intake::log_refused(std::string_view source, std::string_view request_id, std::string_view why) {
  to_.metrics.inbound_refused.add();
  to_.log.error("inbound.refused", {{"request_id", request_id}, {"source", source}, {"error", why}});
}

void Intake::count(const store::Received& received, std::string_view source, std::string_view request_id) {
  const bool told = to_.log.enabled(observe::LogLevel::kDebug);
  for (const auto& message : received.messages) {
    (message.duplicate ? to_.metrics.inbound_duplicate : to_.metrics.inbound_accepted).add();
    if (!told) continue;
    to_.log.debug("inbound.accepted", {{"message_id", message.id.text()},
                                       {"request_id", request_id},
                                       {"source", source},
                                       {"duplicate", message.duplicate}});
  }
  to_.metrics.receipts_applied.add(received.applied);
  to_.metrics.receipts_parked.add(received.parked);
  to_.metrics.receipts_ignored.add(received.ignored);
}

}  // namespace herald::intake
