#include "kept_store.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "domain/outcome.h"

namespace herald::store {
namespace {

using domain::Channel;
using domain::MessageId;
using domain::Status;
using std::chrono::milliseconds;

// The keys that fill() uses, and describe() looks for, are numbered.
constexpr std::uint8_t kKeys = 4;

domain::RequestKey key_of(std::uint8_t number) {
  domain::RequestKey key;
  key.key.fill(number);
  key.request.fill(static_cast<std::uint8_t>(0xFFU - number));
  return key;
}

// Sends the store's commands one by one, as a client, a lane and a carrier would.
class Filling {
 public:
  Filling(Store& store, test::ManualClock& clock) : store_(store), clock_(clock) {}

  void settled();
  void decided_by_receipts();
  void waiting();
  void inbound();
  void aged_keys();

 private:
  domain::NewMessage message(Channel channel, const std::string& to, const std::string& body) {
    clock_.advance(std::chrono::seconds{1});
    domain::NewMessage message;
    message.content.channel = channel;
    message.content.from = channel == Channel::kEmail ? "Shop@example.com" : "+12015550101";
    message.content.to = to;
    message.content.body = body;
    message.content.timestamp = clock_.wall();
    message.provider = channel == Channel::kEmail ? "email" : "sms-mms";
    message.request_id = "req-" + body;
    message.normalized_from = channel == Channel::kEmail ? "shop@example.com" : message.content.from;
    message.normalized_to = to;
    message.accepted_at = clock_.wall();
    message.expires_at = clock_.wall() + std::chrono::hours{48};
    return message;
  }
  domain::NewMessage sms(const std::string& body) { return message(Channel::kSms, "+12015550102", body); }

  void apply(Command command) {
    if (auto applied = store_.apply({&command, 1}); !applied) throw std::runtime_error(applied.error().message);
    if (!last_) throw std::runtime_error(last_.error().message);
  }
  MessageId accept(domain::NewMessage message, std::optional<domain::RequestKey> key = {}) {
    MessageId id;
    apply(Accept{std::move(message), key, [&id](base::Result<MessageId> answer) { id = answer.value(); }});
    return id;
  }
  // Every message that is due, in flight.
  std::vector<domain::ClaimedMessage> claim(const std::string& provider) {
    std::vector<domain::ClaimedMessage> messages;
    apply(Claim{provider, 100, clock_.wall(),
                [&messages](base::Result<Claimed> claimed) { messages = std::move(claimed.value().messages); }});
    return messages;
  }
  Settlement attempt(const domain::ClaimedMessage& message, domain::OutcomeKind kind, Status status) {
    Settlement item;
    item.id = message.id;
    item.attempt = {message.attempt,
                    message.content.channel == Channel::kEmail ? "email" : "sms-mms",
                    {},
                    clock_.wall(),
                    milliseconds{40}};
    item.attempt.outcome.kind = kind;
    item.status = status;
    return item;
  }
  void settle(Settlement item) {
    apply(Settle{{std::move(item)}, [this](const base::Status& done) { last_ = done; }});
  }
  void take(const domain::ClaimedMessage& message, const std::string& provider_message_id) {
    auto item = attempt(message, domain::OutcomeKind::kSuccess, Status::kDispatched);
    item.attempt.outcome.provider_message_id = provider_message_id;
    item.attempt.outcome.segments = 2;
    item.attempt.outcome.encoding = "GSM-7";
    item.receipts = true;
    settle(std::move(item));
  }
  void fail(const domain::ClaimedMessage& message) {
    auto item = attempt(message, domain::OutcomeKind::kRejected, Status::kFailed);
    item.attempt.outcome.error_code = item.error_code = "30003";
    settle(std::move(item));
  }
  void put_off(const domain::ClaimedMessage& message) {
    auto item = attempt(message, domain::OutcomeKind::kRateLimited, Status::kPending);
    item.attempt.outcome.retry_after = milliseconds{5'000};
    item.attempt.outcome.lane_wide = true;
    item.retry_at = clock_.wall() + std::chrono::seconds{5};
    settle(std::move(item));
  }
  domain::ClaimedMessage claim_new(domain::NewMessage message) {
    const auto provider = message.provider;
    accept(std::move(message));
    return claim(provider).at(0);
  }
  void report(const std::string& provider_message_id, bool delivered, const std::string& error_code = "") {
    receive({}, {{provider_message_id, delivered, error_code}});
  }
  void receive(std::vector<domain::NewInbound> messages, std::vector<domain::Receipt> receipts,
               std::optional<domain::RequestKey> key = {}) {
    apply(Receive{"provider/sms-mms", "sms-mms", std::move(messages), std::move(receipts), key,
                  [this](const base::Result<Received>& done) {
                    if (!done) last_ = tl::make_unexpected(done.error());
                  }});
  }
  domain::NewInbound reply(const std::string& body, const std::string& provider_message_id) {
    clock_.advance(std::chrono::seconds{1});
    domain::NewInbound message;
    message.content.from = message.normalized_from = "+12015550102";
    message.content.to = message.normalized_to = "+12015550101";
    message.content.body = body;
    message.content.timestamp = clock_.wall() - std::chrono::seconds{30};
    message.provider_message_id = provider_message_id;
    message.request_id = "req-" + body;
    message.received_at = clock_.wall();
    return message;
  }

  Store& store_;
  test::ManualClock& clock_;
  base::Status last_;  // of the last command that answers one
};

void Filling::settled() {
  take(claim_new(sms("dispatched")), "pm-1");
  auto mail = message(Channel::kEmail, "jo@example.org", "<p>dispatched at the second attempt</p>");
  mail.content.subject = "Order \xE2\x82\xAC 5";
  put_off(claim_new(std::move(mail)));
  clock_.advance(std::chrono::seconds{5});
  take(claim("email").at(0), "pm-2");
  auto picture = message(Channel::kMms, "+12015550103", "rejected");
  picture.content.attachments = {"https://example.com/cat.png", "https://example.com/dog.png"};
  fail(claim_new(std::move(picture)));
  auto late = sms("expired");
  late.expires_at = clock_.wall() + std::chrono::seconds{1};
  accept(std::move(late));
  clock_.advance(std::chrono::seconds{2});
  claim("sms-mms");
  const auto taken_back = accept(sms("cancelled"));
  apply(Cancel{taken_back, [this](const base::Status& done) { last_ = done; }});
}

void Filling::decided_by_receipts() {
  take(claim_new(sms("delivered")), "pm-3");
  report("pm-3", true);
  take(claim_new(sms("undelivered")), "pm-4");
  report("pm-4", false, "30005");
  report("pm-5", true);  // before its message has settled
  take(claim_new(sms("delivered by a receipt that came before")), "pm-5");
  report("pm-never", true);
}

void Filling::inbound() {
  receive({reply("received", "in-1"), reply("received without an id", "")}, {}, key_of(3));
  receive({reply("received twice", "in-1")}, {});
}

// Of the oldest bucket, and of the log.
void Filling::aged_keys() {
  accept(sms("with a key that has been sorted"), key_of(1));
  clock_.advance(std::chrono::hours{4});
  for (int step = 0; step < 8; ++step)
    store_.maintain();
  accept(sms("with a key that has not been sorted"), key_of(2));
  apply(Keep{"provider.sms-mms", R"({"enabled":true})", [this](const base::Status& done) { last_ = done; }});
}

// In the order in which they leave the queue again: what comes last stays in flight.
void Filling::waiting() {
  for (const auto& due : claim("sms-mms"))
    take(due, "pm-" + due.id.text());
  const auto lost = claim_new(sms("retried by an operator"));
  fail(lost);
  apply(Retry{lost.id, [this](const base::Status& done) { last_ = done; }});
  put_off(claim("sms-mms").at(0));
  put_off(claim_new(sms("waits for its retry")));
  const auto again = claim_new(sms("in flight at its second attempt"));
  put_off(again);
  clock_.advance(std::chrono::seconds{5});
  for (const auto& due : claim("sms-mms")) {
    if (due.id != again.id) put_off(due);
  }
  claim_new(sms("in flight"));
  accept(sms("pending"));
  accept(message(Channel::kEmail, "<%jo@example.org", "pending too"));
}

std::string text_of(base::WallTime time) {
  return std::to_string(base::unix_ms(time));
}

std::string text_of(const domain::Attempt& attempt) {
  const auto& outcome = attempt.outcome;
  return "  attempt " + std::to_string(attempt.number) + " by " + attempt.provider + " at " +
         text_of(attempt.started_at) + ": " + std::string(to_string(outcome.kind)) + " after " +
         std::to_string(attempt.latency.count()) + " ms, id \"" + outcome.provider_message_id + "\", error \"" +
         outcome.error_code + "\", retry after " +
         (outcome.retry_after ? std::to_string(outcome.retry_after->count()) : "-") +
         (outcome.lane_wide ? " all" : "") + ", " + std::to_string(outcome.segments) + " of \"" + outcome.encoding +
         "\"\n";
}

std::string text_of(const domain::MessageRecord& record) {
  const auto& content = record.content;
  std::string text = "message " + record.id.text() + ": " + std::string(to_string(record.direction)) + " " +
                     std::string(domain::to_string(content.channel)) + ", " + std::string(to_string(record.status)) +
                     "\n  from " + content.from + " to " + content.to + ", subject \"" + content.subject.value_or("-") +
                     "\", body \"" + content.body + "\"";
  for (const auto& url : content.attachments)
    text += ", " + url;
  text += "\n  provider \"" + record.provider + "\", id \"" + record.provider_message_id + "\", request \"" +
          record.request_id + "\", error \"" + record.error_code + "\", ordinal " + std::to_string(record.ordinal) +
          ", " + std::to_string(record.segments) + " of \"" + record.encoding + "\"\n  written " +
          text_of(content.timestamp) + ", accepted " + text_of(record.accepted_at) + ", expires " +
          text_of(record.expires_at) + ", updated " + text_of(record.updated_at) + ", next attempt " +
          (record.next_attempt_at ? text_of(*record.next_attempt_at) : "-") + "\n";
  for (const auto& attempt : record.attempts)
    text += text_of(attempt);
  return text;
}

std::string text_of(const domain::Conversation& conversation, const Page<domain::MessageRecord>& members) {
  std::string text = "conversation " + std::to_string(conversation.id) + " " + conversation.key + ": " +
                     conversation.participant_a + " and " + conversation.participant_b + ", " +
                     std::to_string(conversation.message_count) + " messages up to " +
                     text_of(conversation.last_activity_at) + ":";
  for (const auto& member : members.items)
    text += " " + member.id.text();
  return text + "\n";
}

}  // namespace

void fill(Store& store, test::ManualClock& clock) {
  Filling filling(store, clock);
  filling.settled();
  filling.decided_by_receipts();
  filling.inbound();
  filling.aged_keys();
  filling.waiting();
}

std::string describe(const Reader& reader) {
  std::string text;
  const auto messages = reader.messages({}, {}, 1'000).value();
  for (const auto& listed : messages.items)
    text += text_of(reader.find(listed.id).value());
  const auto conversations = reader.conversations({}, 1'000).value();
  for (const auto& conversation : conversations.items)
    text += text_of(conversation, reader.conversation_messages(conversation.id, {}, 1'000).value());
  for (std::uint8_t number = 1; number < kKeys; ++number) {
    const auto use = reader.find_key(key_of(number).key, base::from_unix_ms(0)).value();
    text += "key " + std::to_string(number) + ": " + (use ? use->id.text() : "-");
    text += use && use->request != key_of(number).request ? " of another request\n" : "\n";
  }
  const auto kept = reader.kept().value();
  for (const auto& [key, value] : kept)
    text += "kept " + key + " = " + value + "\n";
  const auto depths = reader.queue_depths().value();
  for (const auto& depth : depths)
    text += "queue " + depth.provider + ": " + std::to_string(depth.waiting) + " wait\n";
  return text;
}

}  // namespace herald::store
