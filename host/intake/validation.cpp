#include "intake/validation.h"

#include <algorithm>
#include <utility>

#include "domain/address.h"
#include "intake/http_url.h"

namespace herald::intake {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

// RFC 3339 has four digits for the year; an offset can carry a time out of them.
constexpr base::WallTime kFirstTime = sys_days{year{0} / 1 / 1};
constexpr base::WallTime kEndOfTime = sys_days{year{10'000} / 1 / 1};

// The length of the white space (Unicode's White_Space) at the front of `text`; 0 when there is none.
std::size_t leading_space(std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c == ' ' || (c >= 0x09 && c <= 0x0d)) return 1;
  if (c < 0x80) return 0;
  for (const std::string_view space : {"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9",
                                       "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"}) {
    if (text.substr(0, space.size()) == space) return space.size();
  }
  // U+2000 to U+200A.
  const bool general = text.size() >= 3 && text.substr(0, 2) == "\xe2\x80" &&
                       static_cast<unsigned char>(text[2]) >= 0x80 && static_cast<unsigned char>(text[2]) <= 0x8a;
  return general ? 3 : 0;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const auto length = leading_space(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// A subject becomes a header line: nothing in it may end that line.
bool fits_a_header(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
  });
}

// Judges one request; each function looks at one field and reports it at most once.
class Judge {
 public:
  Judge(SendRequest& request, const Options& options) : request_(request), options_(options) {}

  std::string address(const std::optional<std::string>& value, const char* pointer, domain::AddressRole role) {
    if (!present(value.has_value(), pointer)) return {};
    auto normalized = request_.medium == Medium::kEmail
                          ? domain::normalize_mailbox(*value)
                          : domain::normalize_phone(*value, role, options_.default_region);
    if (normalized) return *std::move(normalized);
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
    if (present(request_.body.has_value(), "/body") && is_blank(*request_.body))
      faults().add("/body", "must not be blank");
  }

  void attachments() {
    const auto& urls = request_.attachments;
    if (faults().at("/attachments")) return;
    if (urls.empty() && request_.channel == domain::Channel::kMms && request_.medium == Medium::kPhone)
      faults().add("/attachments", "must have at least one entry for an mms");
    if (urls.size() > options_.max_attachments)
      faults().add("/attachments", "must have at most " + std::to_string(options_.max_attachments) + " entries");
    for (std::size_t i = 0; i < std::min(urls.size(), options_.max_attachments); ++i) {
      auto pointer = "/attachments/" + std::to_string(i);
      if (faults().at(pointer)) continue;  // the decoder holds the place of what is no string
      if (const auto fault = fault_of_http_url(urls[i])) faults().add(std::move(pointer), std::string(*fault));
    }
  }

  void timestamp() {
    if (request_.timestamp && (*request_.timestamp < kFirstTime || *request_.timestamp >= kEndOfTime))
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
