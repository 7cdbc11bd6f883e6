// What stands between a request's bytes and the store's queue: decoding, validating, the digests of a key, and the
// breaker that a message's dispatch asks. One thread, no disk.
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "api/send_decoder.h"
#include "base/clock.h"
#include "delivery/breaker.h"
#include "domain/address.h"
#include "intake/request_digest.h"
#include "intake/validation.h"

namespace herald {
namespace {

// The body that `herald bench` sends: 68 bytes of text in mix A, 1,024 in mix B.
std::string request_of(std::size_t text_bytes) {
  return R"({"from":"+12013000123","to":"+12012004567","type":"sms","body":")" + std::string(text_bytes, 'x') +
         R"(","attachments":null,"timestamp":"2026-01-01T12:00:00Z"})";
}

intake::SendRequest decoded(const std::string& body) {
  return *api::decode_send(body, intake::Medium::kPhone);
}

void decode_json(benchmark::State& state) {
  const std::string body = request_of(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(api::decode_send(body, intake::Medium::kPhone));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(decode_json)->ArgName("text")->Arg(68)->Arg(1'024);

// With the copy of the request, which it takes over.
void validate_request(benchmark::State& state) {
  const auto request = decoded(request_of(static_cast<std::size_t>(state.range(0))));
  const intake::Options options;
  const auto now = base::SystemClock().wall();
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(intake::validate(request, options, now));
}
BENCHMARK(validate_request)->ArgName("text")->Arg(68)->Arg(1'024);

void normalise_e164(benchmark::State& state) {
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(domain::normalize_phone("+12012004567", domain::AddressRole::kRecipient, "US"));
}
BENCHMARK(normalise_e164);

void normalise_written_by_hand(benchmark::State& state) {
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(domain::normalize_phone("(201) 200-4567", domain::AddressRole::kRecipient, "US"));
}
BENCHMARK(normalise_written_by_hand);

void normalise_mailbox(benchmark::State& state) {
  for ([[maybe_unused]] auto turn : state)
    benchmark::DoNotOptimize(domain::normalize_mailbox("Jo.Doe+news@Example.org"));
}
BENCHMARK(normalise_mailbox);

void digest_key_and_request(benchmark::State& state) {
  const auto request = decoded(request_of(static_cast<std::size_t>(state.range(0))));
  for ([[maybe_unused]] auto turn : state) {
    benchmark::DoNotOptimize(intake::digest_of_key("0123456789abcdef0123456789abcdef"));
    benchmark::DoNotOptimize(intake::digest_of(request));
  }
}
BENCHMARK(digest_key_and_request)->ArgName("text")->Arg(68)->Arg(1'024);

void breaker_attempt(benchmark::State& state) {
  delivery::Breaker breaker(delivery::BreakerPolicy{20, std::chrono::seconds{30}, 3}, std::chrono::seconds{15});
  const base::MonoTime now{std::chrono::hours{1}};
  for ([[maybe_unused]] auto turn : state) {
    const auto permit = breaker.admit(now);
    benchmark::DoNotOptimize(breaker.record(*permit, domain::OutcomeKind::kSuccess, now));
  }
}
BENCHMARK(breaker_attempt);

}  // namespace
}  // namespace herald
