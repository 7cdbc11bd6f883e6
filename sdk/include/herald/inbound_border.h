// How what a carrier brought crosses the border. Included by the SDK's own headers; nothing here is for authors.
#ifndef HERALD_INBOUND_BORDER_H
#define HERALD_INBOUND_BORDER_H

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <herald/host.h>
#include <herald/inbound.h>
#include <herald/webhook.h>

namespace herald {
namespace detail {

// Hands over what one webhook brought and its answer; HERALD_OK, or what makes the host discard it and answer 500.
inline std::int32_t deliver(const Host& host, const Emitter& inbox, const WebhookResponse& response,
                            const herald_webhook_exchange& exchange) {
  const auto failed = [&host](std::int32_t result, const char* what) {
    host.error(std::string("webhook: the host took ") + what + " not (" + std::to_string(result) + ")");
    return HERALD_E_INTERNAL;
  };
  std::vector<herald_str> attachments;
  for (const InboundMessage& message : inbox.messages()) {
    const herald_inbound_message raw = raw_of(message, attachments);
    const auto result = exchange.emit_message(exchange.context, &raw);
    if (result != HERALD_OK) return failed(result, "a message");
  }
  for (const Receipt& receipt : inbox.receipts()) {
    const herald_receipt raw = raw_of(receipt);
    const auto result = exchange.emit_receipt(exchange.context, &raw);
    if (result != HERALD_OK) return failed(result, "a receipt");
  }
  const herald_webhook_response raw = response.raw();
  const auto result = exchange.respond(exchange.context, &raw);
  return result == HERALD_OK ? HERALD_OK : failed(result, "the response");
}

// Answers one request. A refusal turns the answer into 400, and whatever asks the carrier to try again, or tells it
// that it is wrong, stores nothing: it would come twice otherwise.
inline std::int32_t answer(const Host& host, const Emitter& inbox, const WebhookResponse& response,
                           const herald_webhook_exchange& exchange) {
  if (response.status() >= 400) return deliver(host, Emitter(), response, exchange);
  if (inbox.refusal().empty()) return deliver(host, inbox, response, exchange);
  host.warn("webhook: " + inbox.refusal() + "; answered 400");
  return deliver(host, Emitter(), WebhookResponse::text(400, inbox.refusal()), exchange);
}

// A callback on its way through the host.
struct AwaitedEmit {
  const Host* host;
  Emitted done;

  static void call(void* user, std::int32_t result) noexcept {
    const std::unique_ptr<AwaitedEmit> self(static_cast<AwaitedEmit*>(user));
    try {
      self->done(Status::of(result, result == HERALD_OK ? "" : "the host could not store what was emitted"));
    } catch (const std::exception& fault) {
      log(*self->host, fault.what());
    } catch (...) {
      log(*self->host, "an exception that is no std::exception");
    }
  }

  static void log(const Host& host, const char* what) noexcept {
    try {
      host.error(std::string("what was to follow an emit threw: ") + what);
    } catch (...) {  // no memory for the text
      host.error("what was to follow an emit threw");
    }
  }
};

template <typename Event>
std::string first_fault(const std::vector<Event>& events) {
  for (const Event& event : events) {
    std::string fault = fault_of(event);
    if (!fault.empty()) return fault;
  }
  return std::string();
}

inline Status emit(const Host& host, const herald_inbound& inbound, const std::vector<InboundMessage>& messages,
                   const std::vector<Receipt>& receipts, Emitted done) {
  std::string fault = first_fault(messages);
  if (fault.empty()) fault = first_fault(receipts);
  const std::size_t count = messages.size() + receipts.size();
  if (fault.empty() && (count == 0 || count > HERALD_EMIT_MAX))
    fault = std::to_string(count) + " messages and receipts, expected 1 to " + std::to_string(HERALD_EMIT_MAX);
  if (!fault.empty()) return Status::invalid(std::move(fault));

  std::vector<std::vector<herald_str>> attachments(messages.size());
  std::vector<herald_inbound_message> raw_messages;
  raw_messages.reserve(messages.size());
  for (const InboundMessage& message : messages)
    raw_messages.push_back(raw_of(message, attachments[raw_messages.size()]));
  std::vector<herald_receipt> raw_receipts;
  raw_receipts.reserve(receipts.size());
  for (const Receipt& receipt : receipts)
    raw_receipts.push_back(raw_of(receipt));

  std::unique_ptr<AwaitedEmit> awaited;
  if (done) awaited = std::make_unique<AwaitedEmit>(AwaitedEmit{&host, std::move(done)});
  const auto result = inbound.emit(inbound.context, raw_messages.data(), static_cast<std::uint32_t>(messages.size()),
                                   raw_receipts.data(), static_cast<std::uint32_t>(receipts.size()),
                                   awaited == nullptr ? nullptr : &AwaitedEmit::call, awaited.get());
  if (result != HERALD_OK) return Status::of(result, "the host refused what was emitted");
  static_cast<void>(awaited.release());  // its call, which may have been already, deletes it
  return Status::ok();
}

}  // namespace detail

inline Status Host::emit(const std::vector<InboundMessage>& messages, const std::vector<Receipt>& receipts,
                         Emitted done) const {
  const void* table = extension(HERALD_EXT_INBOUND);
  const auto inbound = table == nullptr ? herald_inbound{} : detail::read_sized<herald_inbound>(table);
  if (inbound.emit == nullptr)
    return Status::unsupported("this host takes nothing outside of webhooks; run a newer one, or use webhooks");
  return detail::emit(*this, inbound, messages, receipts, std::move(done));
}

}  // namespace herald

#endif  // HERALD_INBOUND_BORDER_H
