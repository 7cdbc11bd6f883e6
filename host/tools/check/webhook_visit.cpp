#include "tools/check/webhook_visit.h"

#include <chrono>
#include <initializer_list>
#include <utility>

#include "providers/inbound_copy.h"
#include "providers/plain_text.h"
#include "tools/check/shelf.h"

namespace herald::tools::check {
namespace {

// Behind what is not tight.
constexpr std::size_t kRoom = 64;
constexpr unsigned char kZero = 0;

Shelf<WebhookVisit>& visits() {
  static auto* const kVisits = new Shelf<WebhookVisit>();
  return *kVisits;
}

// What a carrier writes may be anything, and the host refuses what is no UTF-8; but the structure is the plugin's.
template <typename Struct>
std::string wrong_size_of(const Struct* given) {
  if (given == nullptr) return "NULL in place of what is emitted";
  if (given->struct_size >= sizeof(Struct)) return {};
  return "what is emitted with a struct_size of " + std::to_string(given->struct_size) + ", of " +
         std::to_string(sizeof(Struct));
}

std::string wrong_texts(std::initializer_list<herald_str> texts) {
  for (const herald_str& text : texts) {
    if (text.data == nullptr && text.size > 0)
      return "a text that is NULL, with a size of " + std::to_string(text.size);
  }
  return {};
}

std::string wrong_form_of(const herald_inbound_message* message) {
  if (auto fault = wrong_size_of(message); !fault.empty()) return fault;
  if (message->attachment_count > 0 && message->attachments == nullptr)
    return "attachments that are NULL, with a count of " + std::to_string(message->attachment_count);
  return wrong_texts(
      {message->provider_message_id, message->channel, message->from, message->to, message->subject, message->body});
}

std::string wrong_form_of(const herald_receipt* receipt) {
  if (auto fault = wrong_size_of(receipt); !fault.empty()) return fault;
  return wrong_texts({receipt->provider_message_id, receipt->error_code});
}

}  // namespace

WebhookVisit& WebhookVisit::plan(const testkit::TestWebhook& webhook, const Manners& manners) {
  return visits().keep(std::unique_ptr<WebhookVisit>(new WebhookVisit(webhook, manners)));
}

WebhookVisit::WebhookVisit(const testkit::TestWebhook& webhook, const Manners& manners)
    : manners_(manners), room_(manners.tight ? 0 : kRoom) {
  describe(webhook);
  lend_exchange();
}

herald_str WebhookVisit::lend(std::string_view text) {
  if (!manners_.own_pages) return providers::as_str(plain_.emplace_back(text));
  auto& memory = *paged_.emplace_back(std::make_unique<GuardedMemory>(text.size() + room_, kZero));
  memory.write(text.data(), text.size());
  return {memory.text().data, text.size()};
}

void WebhookVisit::describe(const testkit::TestWebhook& webhook) {
  std::vector<herald_header> headers;
  for (const auto& header : webhook.headers)
    headers.push_back({lend(header.first), lend(header.second)});
  herald_webhook_request raw{};
  raw.struct_size = static_cast<std::uint32_t>(sizeof raw + manners_.longer);
  raw.header_count = static_cast<std::uint32_t>(headers.size());
  raw.deadline_ns = testkit::FakeHost::now_ns() + std::chrono::nanoseconds(webhook.time_left).count();
  raw.method = lend(webhook.method);
  raw.path = lend(webhook.path);
  raw.query = lend(webhook.query);
  raw.body = lend(webhook.body);
  raw.remote_address = lend(webhook.remote_address);
  raw.request_id = lend("check-request-of-a-carrier");
  if (!headers.empty()) {
    const std::string_view bytes(reinterpret_cast<const char*>(headers.data()), headers.size() * sizeof(herald_header));
    paged_.push_back(std::make_unique<GuardedMemory>(bytes));
    raw.headers = reinterpret_cast<const herald_header*>(paged_.back()->data());
  }
  request_ = std::make_unique<GuardedMemory>(sizeof raw + manners_.longer + room_);
  request_->write(&raw, sizeof raw);
}

void WebhookVisit::lend_exchange() {
  herald_webhook_exchange raw{};
  raw.struct_size = static_cast<std::uint32_t>(sizeof raw + manners_.longer);
  raw.context = this;
  raw.emit_message = &emit_message;
  raw.emit_receipt = &emit_receipt;
  raw.respond = &respond;
  exchange_ = std::make_unique<GuardedMemory>(sizeof raw + manners_.longer + kRoom);
  exchange_->write(&raw, sizeof raw);
}

std::int32_t WebhookVisit::pay(const herald_webhook& table, herald_instance instance) {
  const auto result = table.handle(instance, reinterpret_cast<const herald_webhook_request*>(request_->data()),
                                   reinterpret_cast<const herald_webhook_exchange*>(exchange_->data()));
  over_ = true;
  if (manners_.own_pages && !manners_.tight) {
    request_->forbid();
    for (const auto& text : paged_)
      text->forbid();
  }
  return result;
}

std::size_t WebhookVisit::without_context() {
  return visits().without_context();
}

std::string WebhookVisit::response_fault() const {
  const base::MutexLock lock(mutex_);
  return response_fault_;
}

std::string WebhookVisit::emit_fault() const {
  const base::MutexLock lock(mutex_);
  return emit_fault_;
}

std::int32_t WebhookVisit::note_response(const std::string& fault) {
  const base::MutexLock lock(mutex_);
  if (response_fault_.empty()) response_fault_ = fault;
  return fault.empty() ? HERALD_OK : HERALD_E_INVALID;
}

std::int32_t WebhookVisit::note_emit(const std::string& fault) {
  const base::MutexLock lock(mutex_);
  if (emit_fault_.empty()) emit_fault_ = fault;
  return fault.empty() ? HERALD_OK : HERALD_E_INVALID;
}

// The border: called by plugins. What is thrown here is memory that has run out, and that ends the process.
template <typename Call>
std::int32_t WebhookVisit::on_visit(void* context, const Call& call) {
  WebhookVisit* const visit = visits().find(context);
  if (visit == nullptr) return HERALD_E_INVALID;
  if (visit->over_) {
    ++visit->late_;
    return HERALD_E_STATE;
  }
  ++visit->calls_;
  if (visit->manners_.answer != HERALD_OK) return visit->manners_.answer;
  return visit->manners_.examine ? call(*visit) : HERALD_OK;
}

std::int32_t WebhookVisit::emit_message(void* context, const herald_inbound_message* message) {
  return on_visit(context, [message](WebhookVisit& visit) { return visit.note_emit(wrong_form_of(message)); });
}

std::int32_t WebhookVisit::emit_receipt(void* context, const herald_receipt* receipt) {
  return on_visit(context, [receipt](WebhookVisit& visit) { return visit.note_emit(wrong_form_of(receipt)); });
}

std::int32_t WebhookVisit::respond(void* context, const herald_webhook_response* response) {
  return on_visit(context, [response](WebhookVisit& visit) {
    const auto copied = providers::copy_response(response);
    return visit.note_response(copied ? "" : "a response: " + copied.error().message);
  });
}

}  // namespace herald::tools::check
