// One mail as it goes over the wire, RFC 5322 and MIME.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp {

/// What a mail is made of. The texts are views: they must outlive the call that composes it.
struct Letter {
  std::string_view from;  // addresses have no mailbox_fault
  std::string_view from_name;
  std::string_view reply_to;  // empty: no such header
  std::string_view to;
  std::optional<std::string_view> subject;  // fits_header
  std::string_view body;                    // UTF-8
  bool is_html = false;
  std::vector<std::string_view> links;  // of attachments
  std::string_view message_id;          // with its angle brackets
  std::chrono::system_clock::time_point date;
};

/// The whole mail with CRLF line breaks and lines of at most 998 octets, in ASCII alone, so that no server has a reason
/// to change it. The body is a part of its own in base64: decoded, it is `body` byte for byte, whatever line breaks it
/// has. An HTML body has a text/plain alternative before it; attachments follow as a list of their URLs.
std::string compose(const Letter& letter);

/// The Message-ID of a dispatch token, "<token@domain>": the same for the same token, and another for any other. What
/// may not stand in one is written "=" and two hexadecimal digits.
std::string message_id_of(std::string_view dispatch_token, std::string_view domain);

}  // namespace smtp
