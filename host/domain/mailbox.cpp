// Mailboxes (RFC 5321 section 4.1.2, with RFC 6531's UTF-8), and what of an address may stand in a log.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "domain/address.h"
#include "domain/text.h"

namespace herald::domain {
namespace {

// Octets; RFC 5321 section 4.5.3.1 and RFC 3696 erratum 1690.
constexpr std::size_t kMaxMailbox = 254;
constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxDomain = 253;
constexpr std::size_t kMaxLabel = 63;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_utf8_part(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}
constexpr char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_atom_char(char c) {
  return is_alnum(c) || is_utf8_part(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  bool atom_open = false;
  for (const char c : text) {
    if (c == '.' ? !atom_open : !is_atom_char(c)) return false;
    atom_open = c != '.';
  }
  return atom_open;
}

struct LocalPart {
  std::string content;  // without quotes and escapes
  std::size_t end = 0;  // where "@" must stand
};

// A quoted local part at the front of `text`.
std::optional<LocalPart> quoted_local(std::string_view text) {
  LocalPart part;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      part.end = i + 1;
      return part;
    }
    if (text[i] == '\\') {
      if (++i == text.size() || is_utf8_part(text[i])) return std::nullopt;
    }
    part.content += text[i];
  }
  return std::nullopt;
}

std::optional<LocalPart> local_part(std::string_view text) {
  if (text.front() == '"') return quoted_local(text);
  const auto at = text.find('@');
  if (at == std::string_view::npos || !is_dot_string(text.substr(0, at))) return std::nullopt;
  return LocalPart{std::string(text.substr(0, at)), at};
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || is_utf8_part(c) || c == '-'; });
}

bool is_address_literal(std::string_view domain) {
  if (domain.size() < 3 || domain.back() != ']') return false;
  std::string inside(domain.substr(1, domain.size() - 2));
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  constexpr std::string_view kTag = "ipv6:";
  std::string tag = inside.substr(0, kTag.size());
  std::transform(tag.begin(), tag.end(), tag.begin(), lowered);
  if (tag == kTag) return inet_pton(AF_INET6, inside.c_str() + kTag.size(), ignored.data()) == 1;
  return inet_pton(AF_INET, inside.c_str(), ignored.data()) == 1;
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kMaxDomain) return false;
  if (domain.front() == '[') return is_address_literal(domain);
  for (std::size_t start = 0; start <= domain.size();) {
    const auto dot = std::min(domain.find('.', start), domain.size());
    if (!is_label(domain.substr(start, dot - start))) return false;
    start = dot + 1;
  }
  return true;
}

std::string quoted(std::string_view content) {
  std::string out = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The first character of `text` when that is a letter or a digit of ASCII and not most of the text; else nothing.
std::string_view hint(std::string_view text) {
  return text.size() >= 3 && is_alnum(text.front()) ? text.substr(0, 1) : std::string_view{};
}

std::string masked_mailbox(std::string_view local, std::string_view domain) {
  std::string out(hint(local));
  out.append("***@").append(hint(domain)).append("***");
  const auto dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return out;
  const auto top = domain.substr(dot + 1);
  // What is longer is no top domain, and may be anything.
  if (!top.empty() && top.size() <= kMaxLabel && std::all_of(top.begin(), top.end(), is_alnum))
    out.append(".").append(top);
  return out;
}

}  // namespace

base::Result<std::string> normalize_mailbox(std::string_view text) {
  const auto refuse = [](const char* why) { return base::fail(base::ErrorCode::kInvalid, why); };
  if (text.empty()) return refuse("must not be empty");
  if (text.size() > kMaxMailbox) return refuse("must have at most 254 octets");
  if (!is_clean_utf8(text)) return refuse("must not hold control characters");
  auto local = local_part(text);
  if (!local || local->end >= text.size() || text[local->end] != '@') {
    return refuse("must be a mailbox such as name@example.com, without a display name");
  }
  if (local->end > kMaxLocal) return refuse("must have at most 64 octets before the @");
  const auto domain = text.substr(local->end + 1);
  if (!is_domain(domain)) return refuse("must have a domain name or an address literal after the @");

  std::string_view content = local->content;
  const auto plus = content.find('+');
  if (plus != std::string_view::npos && plus > 0) content = content.substr(0, plus);
  std::string out = is_dot_string(content) ? std::string(content) : quoted(content);
  out.append("@").append(domain);
  // Only ASCII is folded: how other letters fold depends on language and Unicode version, and a stored key must not.
  std::transform(out.begin(), out.end(), out.begin(), lowered);
  return out;
}

std::string masked(std::string_view address) {
  const auto at = address.rfind('@');
  if (at != std::string_view::npos) return masked_mailbox(address.substr(0, at), address.substr(at + 1));
  const auto shown = [](char c) { return is_alnum(c) || c == '+'; };
  const bool long_enough = address.size() >= 8;
  std::string out;
  for (const char c : address.substr(0, long_enough ? 2 : address.size() >= 3 ? 1 : 0))
    out += shown(c) ? c : '*';
  out += "***";
  if (long_enough) {
    for (const char c : address.substr(address.size() - 2))
      out += shown(c) ? c : '*';
  }
  return out;
}

}  // namespace herald::domain
