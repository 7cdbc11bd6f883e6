// Sends email over SMTP. README.md says what operators set, and how each end of a transfer is told to the host.
#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <curl/curl.h>

#include <herald/provider.h>

#include "header.h"
#include "html_text.h"
#include "mail.h"
#include "mailbox.h"
#include "pool.h"
#include "schema.h"
#include "settings.h"
#include "verdict.h"

namespace smtp {
namespace {

using herald::Outcome;
using std::chrono::milliseconds;

// Why a message can never be sent by this provider; empty when it can.
std::string_view refusal(const herald::Message& message) {
  if (message.channel() != "email") return "unsupported_channel";
  for (const std::string_view address : {message.from(), message.to()}) {
    switch (mailbox_fault(address)) {
      case MailboxFault::kNone:
        break;
      case MailboxFault::kNotAscii:
        return "address_not_ascii";
      case MailboxFault::kMalformed:
        return "bad_address";
    }
  }
  return message.subject() && !fits_header(*message.subject()) ? "bad_subject" : std::string_view();
}

bool is_html_body(BodyFormat format, std::string_view body) {
  return format == BodyFormat::kHtml || (format == BodyFormat::kAuto && is_html(body));
}

Letter letter_of(const herald::Message& message, const Settings& settings, std::string_view message_id) {
  Letter letter;
  letter.from = settings.from.empty() ? message.from() : std::string_view(settings.from);
  letter.from_name = settings.from_name;
  if (letter.from != message.from()) letter.reply_to = message.from();
  letter.to = message.to();
  letter.subject = message.subject();
  letter.body = message.body();
  letter.is_html = is_html_body(settings.body_format, message.body());
  for (std::uint32_t i = 0; i < message.attachment_count(); ++i)
    letter.links.push_back(message.attachment(i));
  letter.message_id = message_id;
  letter.date = message.timestamp();  // not the attempt's time, so that a mail is the same at every attempt
  return letter;
}

class SmtpProvider final : public herald::Provider {
 public:
  static constexpr auto kTraits =
      herald::Traits{}.width(kMostConnections).description("Sends email over SMTP.").config_schema(kSchema);

  herald::Status configure(std::string_view json) override {
    Settings settings;
    if (auto status = read_settings(json, settings); !status.is_ok()) return status;
    if (!settings.tls_verify) host().warn("tls_verify is off, so anybody on the way can be the server");
    const auto connections = host().counter("smtp_connections_total", "Connections made to the SMTP server.");
    auto pool = std::make_shared<Pool>(std::move(settings));
    const std::lock_guard<std::mutex> lock(mutex_);
    connections_ = connections;
    pool_.swap(pool);  // the former closes when its last mail is through
    return herald::Status::ok();
  }

  herald::Status start() override {
    const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (result == CURLE_OK) return herald::Status::ok();
    return herald::Status::unavailable(std::string("libcurl does not start: ") + curl_easy_strerror(result));
  }

  Outcome send(const herald::Message& message) override {
    if (const auto code = refusal(message); !code.empty()) return Outcome::rejected(std::string(code));
    const auto pool = current();
    const Settings& settings = pool->settings();
    const std::string_view from = settings.from.empty() ? message.from() : std::string_view(settings.from);
    const std::string message_id = message_id_of(
        message.dispatch_token(), settings.message_id_domain.empty() ? domain_of(from) : settings.message_id_domain);

    auto session = pool->borrow(time_left(message, settings));
    const milliseconds left = time_left(message, settings);
    if (!session || left.count() <= 0) return Outcome::timeout(session ? "timeout" : "no_free_connection");
    Mail mail;
    mail.sender = settings.envelope_sender.empty() ? from : settings.envelope_sender;
    mail.recipient = message.to();
    mail.content = compose(letter_of(message, settings, message_id));
    const Ending ending = session->send(mail, left);
    report(ending, *session);
    return outcome_of(ending, message_id, settings.greylist_retry);
  }

  void stop() override {
    std::shared_ptr<Pool> last;  // closes its connections outside the lock
    const std::lock_guard<std::mutex> lock(mutex_);
    last.swap(pool_);
  }

 private:
  std::shared_ptr<Pool> current() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return pool_;
  }

  milliseconds time_left(const herald::Message& message, const Settings& settings) const {
    const auto left = std::chrono::duration_cast<milliseconds>(message.deadline() - host().now());
    return std::min(left, settings.timeout);
  }

  // What the outcome's code does not tell an operator: which host, which certificate. Refusals of mails are told by
  // their codes.
  void report(const Ending& ending, Session& session) {
    if (const unsigned made = session.take_connections(); made > 0) {
      const std::lock_guard<std::mutex> lock(mutex_);
      connections_.add(made);
    }
    const bool is_about_connection = ending.result != CURLE_OK && ending.dialogue.stage() < Stage::kMail;
    if (is_about_connection) host().warn(std::string("cannot use the server: ") + session.trouble());
  }

  std::mutex mutex_;  // guards all below; never held while a mail is sent
  std::shared_ptr<Pool> pool_;
  herald::Counter connections_;
};

}  // namespace
}  // namespace smtp

HERALD_PLUGIN(smtp::SmtpProvider, "smtp", "1.0.0", "email");
