#include "model.h"

#include <algorithm>
#include <tuple>

namespace herald::disk {

using domain::Status;

std::string provider_id_of(const std::string& token, std::int64_t attempt) {
  return token + "/" + std::to_string(attempt);
}

std::string Model::apply(const Intent& intent) {
  switch (intent.kind) {
    case Intent::Kind::kAccept:
      return accept(intent);
    case Intent::Kind::kClaim:
      return claim(intent);
    case Intent::Kind::kSettle:
      for (const auto& token : intent.tokens)
        settle(token, intent);
      return "ok";
    case Intent::Kind::kRelease:
      for (const auto& token : intent.tokens) {
        auto& message = messages_.at(token);
        if (message.status == Status::kDispatching) message.status = Status::kPending;
      }
      return "ok";
    case Intent::Kind::kExpire:
      return expire(intent);
    case Intent::Kind::kReceive:
      return receive(intent);
    case Intent::Kind::kReceipt:
      return receipt(intent);
    case Intent::Kind::kCancel:
      return cancel(intent.tokens.front());
    case Intent::Kind::kRetry:
      return retry(intent.tokens.front(), intent.now);
    case Intent::Kind::kKeep:
      kept_[intent.key] = intent.value;
      return "ok";
  }
  return {};
}

std::string Model::accept(const Intent& intent) {
  const auto& token = intent.tokens.front();
  messages_[token] = {
      Status::kPending, intent.provider, 0, intent.now, intent.expires_at, intent.expires_at - intent.now, {},
      ++accepted_};
  if (!intent.key.empty()) keys_[intent.key] = {token, intent.now};
  return "ok";
}

std::string Model::claim(const Intent& intent) {
  std::vector<std::pair<const std::string*, Message*>> due;
  for (auto& [token, message] : messages_) {
    if (message.status == Status::kPending && message.provider == intent.provider && message.due <= intent.now)
      due.emplace_back(&token, &message);
  }
  std::sort(due.begin(), due.end(), [](const auto& left, const auto& right) {
    return std::tie(left.second->due, left.second->order) < std::tie(right.second->due, right.second->order);
  });
  std::string claimed;
  std::string expired;
  std::size_t count = 0;
  for (auto [token, message] : due) {
    if (count == intent.limit) break;
    const bool late = message->expires_at <= intent.now;
    message->status = late ? Status::kExpired : Status::kDispatching;
    (late ? expired : claimed) += *token + " ";
    if (!late) ++count;
  }
  return claimed + "| " + expired;
}

void Model::settle(const std::string& token, const Intent& intent) {
  auto& message = messages_.at(token);
  if (message.status != Status::kDispatching) return;
  ++message.attempts;
  message.error.clear();
  if (intent.end == Intent::End::kAgain) {
    message.status = Status::kPending;
    message.due = intent.retry_at;
    return;
  }
  if (intent.end == Intent::End::kRejected) {
    message.status = Status::kFailed;
    message.error = "refused";
    return;
  }
  message.status = Status::kDispatched;
  const auto id = provider_id_of(token, message.attempts);
  sent_[id] = {token, message.attempts};
  if (const auto early = early_.extract(id)) apply_receipt(sent_.at(id), early.mapped());
}

std::string Model::receive(const Intent& intent) {
  const auto [at, made] = received_.emplace(intent.value, intent.tokens.front());
  if (!made) return at->second + " again";
  messages_[at->second] = {Status::kReceived, {}, 0, 0, 0, 0, {}, ++accepted_};
  return at->second;
}

std::string Model::receipt(const Intent& intent) {
  if (const auto at = sent_.find(intent.value); at != sent_.end())
    return apply_receipt(at->second, intent.delivered) ? "applied" : "ignored";
  return early_.emplace(intent.value, intent.delivered).second ? "parked" : "ignored";
}

bool Model::apply_receipt(const Sent& sent, bool delivered) {
  auto& message = messages_.at(sent.token);
  if (message.status != Status::kDispatched || message.attempts != sent.attempt) return false;
  message.status = delivered ? Status::kDelivered : Status::kFailed;
  if (!delivered) message.error = "undelivered";
  return true;
}

std::string Model::expire(const Intent& intent) {
  std::string expired;
  for (const auto& token : intent.tokens) {
    auto& message = messages_.at(token);
    if (message.status != Status::kPending || message.expires_at > intent.now) continue;
    message.status = Status::kExpired;
    expired += token + " ";
  }
  return expired;
}

std::string Model::cancel(const std::string& token) {
  auto& message = messages_.at(token);
  if (message.status != Status::kPending) return "conflict";
  message.status = Status::kCancelled;
  return "ok";
}

std::string Model::retry(const std::string& token, std::int64_t now) {
  auto& message = messages_.at(token);
  if (message.status != Status::kFailed && message.status != Status::kExpired) return "conflict";
  message.status = Status::kPending;
  message.due = now;
  message.expires_at = now + message.lifetime;
  return "ok";
}

void Model::restart(bool hold) {
  for (auto& [token, message] : messages_) {
    if (message.status != Status::kDispatching) continue;
    message.status = hold ? Status::kFailed : Status::kPending;
    message.error = hold ? "uncertain" : "";
  }
}

void Model::put_back(const Model& before) {
  for (auto& [token, message] : messages_) {
    if (message.status != Status::kDispatching) continue;
    const auto at = before.messages_.find(token);
    if (at == before.messages_.end() || at->second.status != Status::kDispatching) message.status = Status::kPending;
  }
}

State Model::state(std::int64_t since) const {
  State state;
  for (const auto& [token, message] : messages_)
    state.messages[token] =
        told(static_cast<int>(message.status), message.provider, message.attempts, message.due, message.error);
  for (const auto& [key, use] : keys_) {
    if (use.at >= since) state.keys[key] = use.token;
  }
  state.kept = kept_;
  for (const auto& [id, delivered] : early_)
    state.early.insert(id);
  return state;
}

std::vector<std::string> Model::with(Status status) const {
  std::vector<std::string> found;
  for (const auto& [token, message] : messages_) {
    if (message.status == status) found.push_back(token);
  }
  return found;
}

std::optional<std::string> Model::token_of(const std::string& key) const {
  const auto at = keys_.find(key);
  if (at == keys_.end()) return std::nullopt;
  return at->second.token;
}

}  // namespace herald::disk
