// A synchronous provider whose carrier calls back: forms bring replies and say what became of messages. Its one setting
// is the secret that the carrier shows: {"secret": "..."}.
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <herald/provider.h>

namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["secret"],
  "properties": {"secret": {"type": "string", "minLength": 1, "writeOnly": true, "description": "As X-Secret."}}
})";

class Callbacks final : public herald::Provider {
 public:
  static constexpr auto kTraits =
      herald::Traits{}.receipts().description("Sends nothing, and hears from its carrier.").config_schema(kSchema);

  herald::Status configure(std::string_view text) override {
    auto secret = nlohmann::json::parse(text).at("secret").get<std::string>();
    const std::lock_guard<std::mutex> lock(mutex_);
    secret_ = std::move(secret);
    return herald::Status::ok();
  }

  herald::Outcome send(const herald::Message& message) override {
    return herald::Outcome::success("callbacks-" + std::string(message.dispatch_token()));
  }

  herald::WebhookResponse webhook(const herald::WebhookRequest& request, herald::Emitter& inbox) override {
    if (!is_carrier(request)) return herald::WebhookResponse::empty(401);
    const auto form = request.form();
    if (!form) return herald::WebhookResponse::text(400, "expected a form");
    const std::string id(form->value("id").value_or(""));
    if (form->value("status") == "delivered") {
      inbox.receipt(herald::Receipt::delivered(id));
    } else if (form->value("status") == "failed") {
      inbox.receipt(herald::Receipt::failed(id, std::string(form->value("code").value_or("unknown"))));
    } else {
      herald::InboundMessage reply;
      reply.channel = "sms";
      reply.from = form->value("from").value_or("");
      reply.to = form->value("to").value_or("");
      reply.body = form->value("text").value_or("");
      reply.provider_message_id = id;
      inbox.message(std::move(reply));
    }
    return herald::WebhookResponse::empty();
  }

 private:
  bool is_carrier(const herald::WebhookRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return herald::same_secret(request.header("X-Secret").value_or(""), secret_);
  }

  std::mutex mutex_;  // guards secret_
  std::string secret_;
};

}  // namespace

HERALD_PLUGIN(Callbacks, "callbacks", "1.0.0", "sms");
