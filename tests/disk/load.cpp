#include "load.h"

#include <algorithm>
#include <array>
#include <utility>

namespace herald::disk {
namespace {

using domain::Status;
using Kind = Intent::Kind;

constexpr std::array kProviders{"alpha", "beta"};
constexpr std::int64_t kShortLifeMs = 5'000;
constexpr std::int64_t kLongLifeMs = 86'400'000;
constexpr std::size_t kHeavyBody = 600'000;  // fifteen of them make a checkpoint due

}  // namespace

std::string Load::new_token(std::size_t size) {
  return "m" + std::to_string(++made_) + "-" + std::to_string(size);
}

Intent Load::accept(std::int64_t now, bool heavy) {
  constexpr std::array<std::size_t, 4> kSizes{3, 160, 2'000, 9'000};
  Intent intent;
  intent.kind = Kind::kAccept;
  intent.tokens = {new_token(heavy ? kHeavyBody : kSizes.at(below(kSizes.size())))};
  intent.provider = kProviders.at(below(kProviders.size()));
  if (below(2) == 0) {
    static constexpr const char* kDigits = "0123456789ABCDEF";
    for (int digit = 0; digit < 32; ++digit)
      intent.key += kDigits[below(16)];
  }
  intent.expires_at = now + (below(4) == 0 ? kShortLifeMs : kLongLifeMs);
  return intent;
}

void Load::refused(const Intent& intent) {
  if (intent.kind == Kind::kAccept && !intent.key.empty()) again_.push_back(intent);
}

// A lane claims, or gives back what it holds; never both in one commit, as a lane waits for each answer.
void Load::add_lanes(const Model& model, std::int64_t now, std::vector<Intent>& batch) {
  if (below(2) == 0) {
    add_settlements(model, now, batch);
    return;
  }
  Intent claim;
  claim.kind = Kind::kClaim;
  claim.provider = kProviders.at(below(kProviders.size()));
  claim.limit = 1 + below(6);
  batch.push_back(claim);
}

void Load::add_settlements(const Model& model, std::int64_t now, std::vector<Intent>& batch) {
  auto held = model.with(Status::kDispatching);
  while (!held.empty()) {
    Intent intent;
    intent.kind = below(8) == 0 ? Kind::kRelease : Kind::kSettle;
    intent.end =
        std::array{Intent::End::kSent, Intent::End::kSent, Intent::End::kRejected, Intent::End::kAgain}.at(below(4));
    intent.retry_at = now + static_cast<std::int64_t>(below(3'000));
    for (auto count = 1 + below(3); count > 0 && !held.empty(); --count) {
      intent.tokens.push_back(held.back());
      held.pop_back();
    }
    if (below(4) != 0) batch.push_back(std::move(intent));
  }
}

void Load::add_carriers(const Model& model, std::vector<Intent>& batch) {
  Intent intent;
  if (below(2) == 0) {
    intent.kind = Kind::kReceive;
    intent.tokens = {new_token(below(400))};
    intent.value = "carrier-" + std::to_string(below(made_ + 1));  // some come twice
    batch.push_back(std::move(intent));
    return;
  }
  const bool early = below(3) == 0;
  const auto named = model.with(early ? Status::kDispatching : Status::kDispatched);
  if (named.empty()) return;
  const auto& token = one_of(named);
  const auto& message = model.messages().at(token);
  intent.kind = Kind::kReceipt;
  intent.provider = message.provider;
  intent.value = provider_id_of(token, message.attempts + (early ? 1 : 0));
  intent.delivered = below(3) != 0;
  batch.push_back(std::move(intent));
}

void Load::add_operators(const Model& model, std::int64_t now, std::vector<Intent>& batch) {
  Intent intent;
  switch (below(4)) {
    case 0:
      intent.kind = Kind::kKeep;
      intent.key = "setting-" + std::to_string(below(3));
      intent.value = std::to_string(++made_);
      break;
    case 1:
      intent.kind = Kind::kCancel;
      intent.tokens = model.with(Status::kPending);
      break;
    case 2:
      intent.kind = Kind::kRetry;
      intent.tokens = model.with(below(2) == 0 ? Status::kFailed : Status::kExpired);
      break;
    default:
      intent.kind = Kind::kExpire;
      for (const auto& token : model.with(Status::kPending)) {
        if (model.messages().at(token).expires_at <= now) intent.tokens.push_back(token);
      }
      break;
  }
  if (intent.kind != Kind::kKeep && intent.tokens.empty()) return;
  if (intent.kind == Kind::kCancel || intent.kind == Kind::kRetry) intent.tokens = {one_of(intent.tokens)};
  batch.push_back(std::move(intent));
}

std::vector<Intent> Load::next(const Model& model, std::int64_t now, bool heavy) {
  std::vector<Intent> batch;
  // A client looks its key up first: what is known is answered without a second message.
  for (auto& intent : std::exchange(again_, {})) {
    if (model.token_of(intent.key)) continue;
    intent.expires_at = now + kLongLifeMs;
    batch.push_back(std::move(intent));
  }
  for (auto count = heavy ? 15 : below(4); count > 0; --count)
    batch.push_back(accept(now, heavy));
  add_lanes(model, now, batch);
  if (below(2) == 0) add_carriers(model, batch);
  if (below(2) == 0) add_operators(model, now, batch);
  for (auto& intent : batch)
    intent.now = now;
  return batch;
}

}  // namespace herald::disk
