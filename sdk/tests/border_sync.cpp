// A synchronous provider that does what a message's body, or its configuration, tells it to.
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <herald/provider.h>

namespace {

class BorderSync final : public herald::Provider {
 public:
  static constexpr auto kTraits =
      herald::Traits{}.width(3).receipts().description("Obeys.").config_schema(R"({"type":"object"})");

  herald::Status configure(std::string_view json) override {
    if (json == R"("throw")") throw std::runtime_error("configure broke");
    if (json == R"("throw 1")") throw 1;
    if (json == R"("refuse")") return herald::Status::invalid("not this one");
    if (json == R"("unavailable")") return herald::Status::unavailable("not now");
    start_throws_ = json == R"("start throws")";
    drain_throws_ = json == R"("drain throws")";
    stop_throws_ = json == R"("stop throws")";
    return herald::Status::ok();
  }

  herald::Status start() override {
    if (start_throws_) throw std::runtime_error("start broke");
    return herald::Status::ok();
  }

  herald::Status drain(herald::TimePoint deadline) override {
    if (drain_throws_) throw std::runtime_error("drain broke");
    return Provider::drain(deadline);
  }

  void stop() override {
    if (stop_throws_) throw std::runtime_error("stop broke");
  }

  herald::Outcome send(const herald::Message& message) override {
    if (message.body() == "throw") throw std::runtime_error("send broke");
    if (message.body() == "throw 1") throw 1;
    if (message.body() == "rejected") return herald::Outcome::rejected("blocked");
    if (message.body() == "rate limited")
      return herald::Outcome::rate_limited(std::chrono::milliseconds(2500), true, "slow_down");
    if (message.body() == "negative delay") return herald::Outcome::rate_limited(std::chrono::milliseconds(-1));
    if (message.body() == "error") return herald::Outcome::error("http_503");
    if (message.body() == "timeout") return herald::Outcome::timeout();
    if (message.body().substr(0, 4) == "emit") return emit(message.body());
    if (message.body() == "describe") return herald::Outcome::success(describe(message));
    return herald::Outcome::success("id").with_segments(3, "GSM-7");
  }

  herald::WebhookResponse webhook(const herald::WebhookRequest& request, herald::Emitter& inbox) override {
    using herald::Receipt;
    using herald::WebhookResponse;
    if (request.body() == "throw") throw std::runtime_error("webhook broke");
    if (request.body() == "throw 1") {
      inbox.receipt(Receipt::delivered("id"));
      throw 1;
    }
    if (request.body() == "describe") return WebhookResponse::text(200, describe(request));
    if (request.body() == "status 99") return WebhookResponse::empty(99);
    if (request.body() == "204 with a body") return WebhookResponse::text(204, "words");
    if (request.body() == "split header") return WebhookResponse::of(200, "text/plain\r\nX: y", "");
    if (request.body() == "status 600") return WebhookResponse::empty(600);
    if (request.body() == "json") return WebhookResponse::json(201, "{}");
    if (request.body() == "of") return WebhookResponse::of(200, "text/xml", "<Response/>");
    if (request.body() == "nothing") return WebhookResponse::empty();
    inbox.message(message());
    inbox.receipt(Receipt::delivered("id-1"));
    inbox.receipt(Receipt::failed("id-2", "30003"));
    if (request.body() == "then 400") return WebhookResponse::text(400, "not so");
    if (request.body() == "no receipt's id") inbox.receipt(Receipt::delivered(""));
    if (request.body() == "no UTF-8") inbox.message({"sms", "\xFF", "+15550100", "Hello", "", {}, {}, {}});
    if (request.body() == "too many") {
      for (int more = 0; more < 998; ++more)
        inbox.receipt(Receipt::delivered("id-" + std::to_string(more)));
    }
    return WebhookResponse::text(202, "taken");
  }

 private:
  static herald::InboundMessage message() {
    herald::InboundMessage message;
    message.channel = "mms";
    message.from = "+15550101";
    message.to = "+15550100";
    message.body = std::string("Hello\0there", 11);
    message.provider_message_id = "in-1";
    message.subject = "";
    message.attachments = {"https://a.example/1", "https://a.example/2"};
    message.timestamp = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'500'000'000'123));
    return message;
  }

  // Emits by itself, as the body says, and tells the host's first answer as its message id.
  herald::Outcome emit(std::string_view how) {
    std::vector<herald::InboundMessage> messages(how == "emit many" ? 999 : 1, message());
    std::vector<herald::Receipt> receipts(how == "emit too many" ? 1000 : 1, herald::Receipt::delivered("id-1"));
    if (how == "emit no UTF-8") messages[0].subject = "\xC0";
    if (how == "emit nothing") {
      messages.clear();
      receipts.clear();
    }
    herald::Emitted done = [this, how = std::string(how)](const herald::Status& stored) {
      if (how == "emit and throw") throw std::runtime_error("done broke");
      host().info("emitted: " + std::to_string(stored.code()));
    };
    if (how == "emit and forget") done = nullptr;
    return herald::Outcome::success(std::to_string(host().emit(messages, receipts, done).code()));
  }

  // Every member of the request.
  static std::string describe(const herald::WebhookRequest& request) {
    std::string text;
    for (const auto part : {request.method(), request.path(), request.query(), request.body(), request.remote_address(),
                            request.request_id(), request.header("x-signature").value_or("no signature")})
      text += std::string(part) + "|";
    for (std::uint32_t index = 0; index <= request.header_count(); ++index)
      text += std::string(request.header_at(index).first) + "=" + std::string(request.header_at(index).second) + ";";
    return text;
  }

  // Every member of the message, to see that it arrives as it was sent.
  std::string describe(const herald::Message& message) const {
    std::string text;
    for (const auto part : {message.id(), message.dispatch_token(), message.request_id(), message.channel(),
                            message.from(), message.to(), message.subject().value_or("no subject")})
      text += std::string(part) + "|";
    text += std::to_string(message.attempt()) + "|" + std::to_string(message.ordinal()) + "|";
    for (std::uint32_t index = 0; index <= message.attachment_count(); ++index)
      text += std::string(message.attachment(index)) + ";";
    return text + (message.deadline() > host().now() ? "in time" : "late");
  }

  bool start_throws_ = false;
  bool drain_throws_ = false;
  bool stop_throws_ = false;
};

}  // namespace

HERALD_PLUGIN(BorderSync, "border-sync", "1.2.3-rc.1", "sms", "mms");
