// A synchronous provider that does what a message's body, or its configuration, tells it to.
#include <stdexcept>
#include <string>
#include <string_view>

#include <herald/provider.h>

namespace {

class BorderSync final : public herald::Provider {
 public:
  static constexpr auto kTraits = herald::Traits{}.width(3).description("Obeys.").config_schema(R"({"type":"object"})");

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
    if (message.body() == "describe") return herald::Outcome::success(describe(message));
    return herald::Outcome::success("id").with_segments(3, "GSM-7");
  }

 private:
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
