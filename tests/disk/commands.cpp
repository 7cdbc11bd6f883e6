// Intents as the store's commands.
#include <utility>

#include "load.h"

namespace herald::disk {
namespace {

using base::from_unix_ms;

template <typename Result>
bool note(Answer& answer, const Result& result) {
  ++answer.calls;
  if (result) {
    answer.text = "ok";
    return true;
  }
  answer.unavailable = result.error().code == base::ErrorCode::kUnavailable;
  answer.text = result.error().code == base::ErrorCode::kConflict ? "conflict" : result.error().message;
  return false;
}

std::function<void(base::Status)> noting(Answer& answer) {
  return [&answer](const base::Status& status) { note(answer, status); };
}

std::string body_of(const std::string& token) {
  return token + std::string(1 + std::stoul(token.substr(token.find('-') + 1)), ' ');
}

domain::Content content_of(const std::string& token, std::int64_t now) {
  domain::Content content;
  content.from = "+12015550101";
  content.to = "+1201555010" + std::to_string(token.size() % 10);
  content.body = body_of(token);
  content.timestamp = from_unix_ms(now);
  return content;
}

store::Command accept_of(const Intent& intent, Book& book, Answer& answer) {
  const auto& token = intent.tokens.front();
  store::Accept command;
  command.message.content = content_of(token, intent.now);
  command.message.provider = intent.provider;
  command.message.request_id = "req-" + token;
  command.message.normalized_from = command.message.content.from;
  command.message.normalized_to = command.message.content.to;
  command.message.accepted_at = from_unix_ms(intent.now);
  command.message.expires_at = from_unix_ms(intent.expires_at);
  if (!intent.key.empty()) command.key = request_key(intent.key);
  command.done = [&book, &answer, token](const base::Result<domain::MessageId>& id) {
    if (note(answer, id)) book.add(token, *id);
  };
  return command;
}

store::Command claim_of(const Intent& intent, Book& book, Answer& answer) {
  auto done = [&book, &answer](const base::Result<store::Claimed>& claimed) {
    if (!note(answer, claimed)) return;
    answer.text.clear();
    for (const auto& message : claimed->messages) {
      const auto token = message.content.body.substr(0, message.content.body.find(' '));
      book.add(token, message.id);
      answer.text += token + " ";
    }
    answer.text += "| ";
    for (const auto& message : claimed->expired)
      answer.text += book.tokens[message.id.value()] + " ";
  };
  return store::Claim{intent.provider, intent.limit, from_unix_ms(intent.now), std::move(done)};
}

store::Command settle_of(const Intent& intent, const Model& model, const Book& book, Answer& answer) {
  store::Settle command;
  for (const auto& token : intent.tokens) {
    const auto& message = model.messages().at(token);
    store::Settlement item;
    item.id = book.ids.at(token);
    item.attempt.number = static_cast<std::uint32_t>(message.attempts + 1);
    item.attempt.provider = message.provider;
    item.attempt.started_at = from_unix_ms(intent.now);
    item.receipts = true;
    if (intent.end == Intent::End::kSent) {
      item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
      item.attempt.outcome.provider_message_id = provider_id_of(token, message.attempts + 1);
    } else if (intent.end == Intent::End::kRejected) {
      item.attempt.outcome.kind = domain::OutcomeKind::kRejected;
      item.status = domain::Status::kFailed;
      item.error_code = "refused";
    } else {
      item.attempt.outcome.kind = domain::OutcomeKind::kError;
      item.status = domain::Status::kPending;
      item.retry_at = from_unix_ms(intent.retry_at);
    }
    command.items.push_back(std::move(item));
  }
  command.done = noting(answer);
  return command;
}

store::Command receive_of(const Intent& intent, Book& book, Answer& answer) {
  const auto& token = intent.tokens.front();
  store::Receive command;
  command.source = "mock";
  domain::NewInbound message;
  message.content = content_of(token, intent.now);
  message.provider_message_id = intent.value;
  message.normalized_from = message.content.from;
  message.normalized_to = message.content.to;
  message.request_id = "req-" + token;
  message.received_at = from_unix_ms(intent.now);
  command.messages.push_back(std::move(message));
  command.done = [&book, &answer, token](const base::Result<store::Received>& received) {
    if (!note(answer, received)) return;
    const auto& one = received->messages.front();
    if (!one.duplicate) book.add(token, one.id);
    answer.text = book.tokens[one.id.value()] + (one.duplicate ? " again" : "");
  };
  return command;
}

store::Command receipt_of(const Intent& intent, Answer& answer) {
  store::Receive command;
  command.source = "provider/" + intent.provider;
  command.provider = intent.provider;
  command.receipts = {{intent.value, intent.delivered, {}}};
  command.done = [&answer](const base::Result<store::Received>& received) {
    if (!note(answer, received)) return;
    answer.text = received->applied > 0 ? "applied" : received->parked > 0 ? "parked" : "ignored";
  };
  return command;
}

store::Command expire_of(const Intent& intent, const Book& book, Answer& answer) {
  store::Expire command;
  for (const auto& token : intent.tokens)
    command.ids.push_back(book.ids.at(token));
  command.now = from_unix_ms(intent.now);
  command.done = [&book, &answer](const base::Result<std::vector<store::ExpiredMessage>>& expired) {
    if (!note(answer, expired)) return;
    answer.text.clear();
    for (const auto& message : *expired)
      answer.text += book.tokens.at(message.id.value()) + " ";
  };
  return command;
}

store::Command release_of(const Intent& intent, const Book& book, Answer& answer) {
  store::Release command;
  for (const auto& token : intent.tokens)
    command.ids.push_back(book.ids.at(token));
  command.done = noting(answer);
  return command;
}

}  // namespace

domain::RequestKey request_key(const std::string& key) {
  domain::RequestKey made;
  for (std::size_t index = 0; index < made.key.size(); ++index)
    made.key.at(index) = static_cast<std::uint8_t>(std::stoul(key.substr(2 * index, 2), nullptr, 16));
  made.request = made.key;
  return made;
}

store::Command command_of(const Intent& intent, const Model& model, Book& book, Answer& answer) {
  switch (intent.kind) {
    case Intent::Kind::kAccept:
      return accept_of(intent, book, answer);
    case Intent::Kind::kClaim:
      return claim_of(intent, book, answer);
    case Intent::Kind::kSettle:
      return settle_of(intent, model, book, answer);
    case Intent::Kind::kRelease:
      return release_of(intent, book, answer);
    case Intent::Kind::kExpire:
      return expire_of(intent, book, answer);
    case Intent::Kind::kReceive:
      return receive_of(intent, book, answer);
    case Intent::Kind::kReceipt:
      return receipt_of(intent, answer);
    case Intent::Kind::kCancel:
      return store::Cancel{book.ids.at(intent.tokens.front()), noting(answer)};
    case Intent::Kind::kRetry:
      return store::Retry{book.ids.at(intent.tokens.front()), noting(answer)};
    case Intent::Kind::kKeep:
      break;
  }
  return store::Keep{intent.key, intent.value, noting(answer)};
}

}  // namespace herald::disk
