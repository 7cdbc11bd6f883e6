#include "api/sending.h"

#include <string>
#include <utility>

#include "api/answers.h"
#include "api/inbound_decoder.h"
#include "api/media_type.h"
#include "api/send_decoder.h"

namespace herald::api {
namespace {

constexpr std::string_view kKeyHeader = "Idempotency-Key";

// Of several keys none can be meant.
intake::Origin origin_of(const http::Request& request, intake::Faults& faults) {
  intake::Origin origin;
  origin.request_id = request.request_id;
  origin.remote_address = request.remote_address;
  for (const auto& field : request.headers) {
    if (!equal_without_case(field.name, kKeyHeader)) continue;
    if (origin.idempotency_key) {
      faults.add("", "the header Idempotency-Key must not appear more than once");
      break;
    }
    origin.idempotency_key = std::string(field.value);
  }
  return origin;
}

intake::AcceptDone answer_accept(const http::Request& request, http::Responder responder) {
  return [answer = answer_through(std::move(responder)),
          request_id = std::string(request.request_id)](const intake::AcceptResult& result) {
    answer(result ? accepted(*result) : of_refusal(result.error(), request_id));
  };
}

}  // namespace

void Sending::send(const http::Request& request, intake::Medium medium, http::Responder responder) const {
  // Before the decoding, which costs more than all that a refusal does: under twice the load that the host can take,
  // every other request is refused, and what is spent on it is taken from one that is not. What carriers bring is let
  // through: one that is turned away may not come again.
  if (to_.intake.overloaded(request.waited))
    return std::move(responder).respond(problem(Problem::kQueueFull, {request.request_id}));
  auto decoded = decode_send(request.body, medium);
  if (!decoded) {
    to_.metrics.refused_invalid.add();
    return std::move(responder).respond(of_malformed(decoded.error(), request.request_id));
  }
  auto origin = origin_of(request, decoded->faults);
  to_.intake.accept(*std::move(decoded), std::move(origin), answer_accept(request, std::move(responder)));
}

void Sending::receive(const http::Request& request, intake::InboundSource source,
                      std::optional<intake::SignedDelivery> delivery, http::Responder responder) const {
  auto decoded = decode_inbound(request.body, source);
  if (!decoded) {
    to_.intake.refused_inbound(source, request.request_id, decoded.error().detail);
    return std::move(responder).respond(of_malformed(decoded.error(), request.request_id));
  }
  auto origin = origin_of(request, decoded->faults);
  origin.delivery = std::move(delivery);
  to_.intake.receive(*std::move(decoded), std::move(origin), answer_accept(request, std::move(responder)));
}

}  // namespace herald::api
