#include "mail.h"

#include <cstdint>

#include "header.h"
#include "html_text.h"

namespace smtp {
namespace {

// Every leaf is base64, whose alphabet has no "_", so no boundary can occur inside one. They differ from mail to mail,
// because mails may come to stand inside each other.
std::string boundary(std::string_view kind, std::string_view message_id) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const char c : message_id)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  std::string out = "=_" + std::string(kind) + "_";
  for (unsigned shift = 64; shift > 0; shift -= 4)
    out += "0123456789abcdef"[hash >> (shift - 4) & 15U];
  return out;
}

std::string leaf(std::string_view type, std::string_view content) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         base64_lines(content);
}

std::string multipart(std::string_view kind, std::string_view message_id, const std::vector<std::string>& parts) {
  const std::string mark = boundary(kind, message_id);
  std::string out = "Content-Type: multipart/" + std::string(kind) + ";\r\n boundary=\"" + mark + "\"\r\n\r\n";
  for (const std::string& part : parts)
    out.append("--").append(mark).append("\r\n").append(part).append("\r\n");
  return out.append("--").append(mark).append("--\r\n");
}

std::string body_entity(const Letter& letter) {
  if (!letter.is_html) return leaf("text/plain", letter.body);
  const std::string text = plain_text_of(letter.body);
  if (text.empty()) return leaf("text/html", letter.body);
  // The best comes last, RFC 2046 section 5.1.4.
  return multipart("alternative", letter.message_id, {leaf("text/plain", text), leaf("text/html", letter.body)});
}

std::string entity(const Letter& letter) {
  std::string body = body_entity(letter);
  if (letter.links.empty()) return body;
  std::string list;
  for (const std::string_view link : letter.links)
    list.append(link).append("\r\n");
  return multipart("mixed", letter.message_id, {std::move(body), leaf("text/plain", list)});
}

}  // namespace

std::string compose(const Letter& letter) {
  std::string out = "Date: " + mail_date(letter.date) + "\r\n";
  out += address_header("From", letter.from_name, letter.from);
  if (!letter.reply_to.empty()) out += address_header("Reply-To", {}, letter.reply_to);
  out += address_header("To", {}, letter.to);
  if (letter.subject) out += text_header("Subject", *letter.subject);
  out += "Message-ID: " + std::string(letter.message_id) + "\r\n";
  out += "MIME-Version: 1.0\r\n";
  return out + entity(letter);
}

std::string message_id_of(std::string_view dispatch_token, std::string_view domain) {
  std::string out = "<";
  for (const char c : dispatch_token) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("=").append(1, "0123456789ABCDEF"[byte >> 4U]).append(1, "0123456789ABCDEF"[byte & 15U]);
  }
  return out.append("@").append(domain).append(">");
}

}  // namespace smtp
