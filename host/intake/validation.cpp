#include "intake/validation.h"

#include <utility>

#include "domain/address.h"
#include "domain/text.h"
#include "intake/field_rules.h"

namespace herald::intake {
namespace {

// Judges one request; each function looks at one field and reports it at most once.
class Judge {
 public:
  Judge(SendRequest& request, const Options& options) : request_(request), options_(options) {}

  std::string address(const std::optional<std::string>& value, const char* pointer, domain::AddressRole role) {
    if (!present(value.has_value(), pointer)) return {};
    auto normalized = request_.medium == Medium::kEmail
                          ? domain::normalize_mailbox(*value)
                          : domain::normalize_phone(*value, role, options_.default_region);
    // What may be sent to is told by its role; what it is known by is not, or a reply would not find its conversation.
    if (normalized && role == domain::AddressRole::kSender) return *std::move(normalized);
    if (normalized)
      return domain::known_form(request_.medium == Medium::kEmail ? domain::Channel::kEmail : domain::Channel::kSms,
                                *value, options_.default_region);
    faults().add(pointer, std::move(normalized.error().message));
    return {};
  }

  void type() {
    if (request_.medium == Medium::kPhone) present(request_.channel.has_value(), "/type");
  }

  void subject() {
    if (request_.subject && !fits_a_header(*request_.subject))
      faults().add("/subject", "must not hold line breaks or other control characters");
  }

  void body() {
    if (present(request_.body.has_value(), "/body") && domain::is_blank(*request_.body))
      faults().add("/body", "must not be blank");
  }

  void attachments() {
    const auto& urls = request_.attachments;
    if (urls.empty() && request_.channel == domain::Channel::kMms && request_.medium == Medium::kPhone &&
        !faults().at("/attachments"))
      faults().add("/attachments", "must have at least one entry for an mms");
    judge_attachments(urls, options_.max_attachments, {}, faults());
  }

  void timestamp() {
    if (request_.timestamp && !is_writable_time(*request_.timestamp))
      faults().add("/timestamp", "must lie in the years 0000 to 9999 in UTC");
  }

  std::chrono::seconds ttl() {
    if (!request_.ttl_seconds) return options_.message_ttl;
    if (*request_.ttl_seconds >= 1 && *request_.ttl_seconds <= kMaxTtl.count())
      return std::chrono::seconds{*request_.ttl_seconds};
    faults().add("/ttl_seconds", "must be between 1 and " + std::to_string(kMaxTtl.count()));
    return {};
  }

 private:
  Faults& faults() { return request_.faults; }

  // Reports an absent field, unless the decoder has said already why it is absent.
  bool present(bool is_present, const char* pointer) {
    if (!is_present && !faults().at(pointer)) faults().add(pointer, "is required");
    return is_present;
  }

  SendRequest& request_;
  const Options& options_;
};

}  // namespace

tl::expected<Checked, Faults> validate(SendRequest request, const Options& options, base::WallTime now) {
  Judge judge(request, options);
  Checked checked;
  checked.normalized_from = judge.address(request.from, "/from", domain::AddressRole::kSender);
  checked.normalized_to = judge.address(request.to, "/to", domain::AddressRole::kRecipient);
  judge.type();
  judge.subject();
  judge.body();
  judge.attachments();
  judge.timestamp();
  checked.ttl = judge.ttl();
  if (!request.faults.empty()) return tl::make_unexpected(std::move(request.faults));

  auto& content = checked.content;
  content.channel = request.medium == Medium::kEmail ? domain::Channel::kEmail : *request.channel;
  content.from = *std::move(request.from);
  content.to = *std::move(request.to);
  content.subject = std::move(request.subject);
  content.body = *std::move(request.body);
  content.attachments = std::move(request.attachments);
  content.timestamp = request.timestamp.value_or(now);
  return checked;
}

}  // namespace herald::intake
